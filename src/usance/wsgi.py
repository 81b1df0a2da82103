"""The door for the web server: granian --interface wsgi usance.wsgi:application."""

import gc
import os

# What is loaded here stays: looking through it for garbage costs a fifth of the start, and freezing
# it keeps later looks short.
gc.disable()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the collector is off by then
from django.urls import get_resolver  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "usance.settings")
application = get_wsgi_application()
_ = get_resolver().url_patterns  # Else the first visitor waits until all screens are loaded.
gc.freeze()
gc.enable()
