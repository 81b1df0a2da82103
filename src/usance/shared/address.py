"""From a database's address to Django's settings of it."""

from psycopg.conninfo import conninfo_to_dict


def database(url: str, *, search_path: str, hasty: bool = False) -> dict[str, object]:
    """Settings for one entry of DATABASES; what the address asks beyond a login (sslmode…) stays.

    :param search_path: schemas, first the one where new tables come to lie: "book_main,public".
    :param hasty: commits are not waited for until they are on the disk. If the database server or
        the machine dies, those of its last moments are gone, from the newest back to one of them:
        the books stay whole, but the world outside may know more than they do. For a demo.
    """
    at = dict(conninfo_to_dict(url))
    commits = " -c synchronous_commit=off" if hasty else ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": at.pop("dbname", ""),
        "USER": at.pop("user", ""),
        "PASSWORD": at.pop("password", ""),
        "HOST": at.pop("host", ""),
        "PORT": str(at.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**at, "options": f"-c search_path={search_path}{commits}"},
    }
