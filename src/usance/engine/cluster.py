"""Where the database is and who may enter as whom: addresses, as one value."""

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

OWNER = "usance_owner"  # Makes and changes tables; used by migrations only.
APP = "usance_app"  # What web and workers are: may write rows, may not change tables.
READONLY = "usance_readonly"  # Reports and auditors.
DATABASE = "usance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Four ways into one database, as postgresql:// addresses with their passwords."""

    owner_url: str
    app_url: str
    readonly_url: str
    superuser_url: str  # Of a database of the operator's: the address that he gave.

    def on(self, database: str) -> "Cluster":
        """The same server and roles, another database."""
        return Cluster(
            owner_url=on_database(self.owner_url, database),
            app_url=on_database(self.app_url, database),
            readonly_url=on_database(self.readonly_url, database),
            superuser_url=on_database(self.superuser_url, database),
        )


def on_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database, safe='')}"))


def as_role(url: str, role: str, password: str) -> str:
    """The same address for another login; the query part (sslmode and such) stays."""
    at = urlsplit(url)
    where = at.netloc.rpartition("@")[2]
    login = f"{quote(role, safe='')}:{quote(password, safe='')}"
    return urlunsplit(at._replace(netloc=f"{login}@{where}"))


def database_of(url: str) -> str:
    return unquote(urlsplit(url).path.lstrip("/"))


def password_of(url: str) -> str:
    return unquote(urlsplit(url).password or "")
