"""Where everything is. Each face brings its own list."""

from django.urls import include, path

from usance.web import preferences, shell, styleguide, violations
from usance.web.debtor import push

urlpatterns = [
    path("", include("usance.web.office.urls")),
    path("account/", include("usance.web.accounts")),
    path("search", shell.search, name="search"),
    path("preferences/theme", preferences.choose_theme, name="theme"),
    path("", include("usance.api.urls")),
    path("push-worker.js", push.worker, name="push_worker"),
    path("csp", violations.report, name="csp_report"),
    path("styleguide", styleguide.page, name="styleguide"),
]

handler400 = "usance.web.faults.bad_request"
handler403 = "usance.web.faults.forbidden"
handler404 = "usance.web.faults.not_found"
handler500 = "usance.web.faults.broken"
