"""Django's settings. What differs from one installation to the next comes from the environment."""

import os
from pathlib import Path

from usance import engine
from usance.shared import address

HOME = Path(os.environ.get("USANCE_HOME", "var")).resolve()
BOOK_SCHEMA = "book_main"


def _app_url() -> str:
    """Given, or else as of the last start in this home: start the engine before Django."""
    given = os.environ.get("USANCE_APP_URL")
    if given:
        return given
    cluster = engine.known(HOME)
    return cluster.app_url if cluster else f"postgresql:///{engine.DATABASE}"


DATABASES = {"default": address.database(_app_url(), search_path=f"{BOOK_SCHEMA},public")}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "procrastinate.contrib.django",
    "usance.shared",
    "usance",
]
AUTH_USER_MODEL = "shared.User"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = os.environ.get("USANCE_SECRET_KEY", "")
STORAGES = {
    "documents": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "documents"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Who carries what to whom, with their secrets: queries.outside reads it.
OUTSIDE = os.environ.get("USANCE_OUTSIDE", str(HOME / "secrets" / "outside.json"))
