"""Where everything is. Each face brings its own list."""

from collections.abc import Mapping
from typing import Any

from django.urls import URLResolver, include, path
from django.urls.resolvers import RoutePattern
from django.utils.datastructures import MultiValueDict

from usance.web import preferences, shell, styleguide, violations
from usance.web.debtor import push


class Later(URLResolver):
    """A list that is loaded at the first address that nobody before it knows. The API takes a
    second to load, and whoever starts usance waits for the office; its names are reversed by none.
    """

    reverse_dict = MultiValueDict[str, Any]()  # Asked whenever a name is reversed.
    namespace_dict: Mapping[str, Any] = {}
    app_dict: Mapping[str, Any] = {}

    def _populate(self) -> None:
        """There are no names to collect."""


urlpatterns = [
    path("", include("usance.web.office.urls")),
    path("", include("usance.web.client.urls")),
    path("", include("usance.web.debtor.urls")),
    path("account/", include("usance.web.accounts")),
    path("search", shell.search, name="search"),
    path("preferences/theme", preferences.choose_theme, name="theme"),
    path("push-worker.js", push.worker, name="push_worker"),
    path("csp", violations.report, name="csp_report"),
    path("styleguide", styleguide.page, name="styleguide"),
    Later(RoutePattern("", is_endpoint=False), "usance.api.urls"),
]

handler400 = "usance.web.faults.bad_request"
handler403 = "usance.web.faults.forbidden"
handler404 = "usance.web.faults.not_found"
handler500 = "usance.web.faults.broken"
