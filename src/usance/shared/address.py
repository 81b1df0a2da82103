"""From a database's address to Django's settings of it."""

from psycopg.conninfo import conninfo_to_dict


def database(url: str, *, search_path: str) -> dict[str, object]:
    """Settings for one entry of DATABASES; what the address asks beyond a login (sslmode…) stays.

    :param search_path: schemas, first the one where new tables come to lie: "book_main,public".
    """
    at = dict(conninfo_to_dict(url))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": at.pop("dbname", ""),
        "USER": at.pop("user", ""),
        "PASSWORD": at.pop("password", ""),
        "HOST": at.pop("host", ""),
        "PORT": str(at.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**at, "options": f"-c search_path={search_path}"},
    }
