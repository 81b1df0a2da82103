"""Django's settings. What differs from one installation to the next comes from the environment."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOME = Path(os.environ.get("USANCE_HOME", "var")).resolve()
BOOK_SCHEMA = "book_main"


def _database(url: str) -> dict[str, object]:
    """postgresql://user:password@host:port/name as Django's settings of one database."""
    at = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": at.path.lstrip("/"),
        "USER": unquote(at.username or ""),
        "PASSWORD": unquote(at.password or ""),
        "HOST": at.hostname or "",
        "PORT": str(at.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": f"-c search_path={BOOK_SCHEMA},public"},
    }


DATABASES = {"default": _database(os.environ.get("USANCE_APP_URL", "postgresql:///usance"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = os.environ.get("USANCE_SECRET_KEY", "")
