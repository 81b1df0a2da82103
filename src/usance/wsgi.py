"""The door for the web server: granian --interface wsgi usance.wsgi:application."""

import gc
import os
import signal
import threading

# A worker of granian's is a copy of its parent, which notes a SIGTERM and waits for its workers: so
# does the copy, until it has loaded this and set its own. Without this neither of them would end.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

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
