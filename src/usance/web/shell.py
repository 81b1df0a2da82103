"""What every page of the office shows around its content: places, badge, ribbon, person.

Three questions are answered by plain functions below: how the books stand, how much waits in each
place, and what a search finds. Templates get values; nothing is read while a page is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from usance import clock
from usance.domain.money import Money
from usance.queries import client_ledgers, doctor, offers, work
from usance.queries import search as search_queries
from usance.web.doors import is_client
from usance.web.preferences import THEMES, theme_of


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the navigation. `key` follows g on the keyboard; `url` is the name in urls.py."""

    name: str
    url: str
    icon: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """The state of the books: what the badge in the header says."""

    balanced: bool
    off_by: str  # As people read it: "0.00", or "EUR 12.50".
    url: str = ""  # Of the page that shows the rows; empty: there is none.


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a search found."""

    name: str
    kind: str  # "Invoice", "Debtor"…
    url: str


PLACES = (
    Place(_("Today"), "today", "house", "t"),
    Place(_("Batches"), "batches", "layers", "b"),
    Place(_("Review"), "review", "eye", "v"),
    Place(_("Invoices"), "invoices", "file-text", "i"),
    Place(_("Held"), "held", "pause", "h"),
    Place(_("Questions"), "questions", "circle-question-mark", "q"),
    Place(_("Delivery"), "deliveries", "send", "d"),
    Place(_("Collections"), "collections", "phone", "o"),
    Place(_("Cash"), "cash", "banknote", "c"),
    Place(_("Payouts"), "payouts", "landmark", "p"),
    Place(_("Ledger"), "ledger", "book-open", "l"),
    Place(_("Clients"), "clients", "users", "n"),
    Place(_("Debtors"), "debtors", "building-2", "e"),
    Place(_("Reports"), "reports", "chart-column", "r"),
    Place(_("Webhooks & API"), "integrations", "plug", "w"),
    Place(_("Settings"), "settings", "settings", "s"),
)


# Pages whose address does not begin as that of the place that leads to them.
UNDER = (
    ("/entries/", "batches"), ("/issuing", "batches"), ("/tables", "batches"),
    ("/documents/", "batches"), ("/facilities/", "clients"), ("/plans", "debtors"),
    ("/write-offs", "debtors"),
    ("/offers", "clients"), ("/buy-backs", "clients"), ("/schedules", "clients"),
    ("/fees", "clients"), ("/own-ledgers", "clients"), ("/online", "cash"),
    ("/debits", "payouts"), ("/mandates/", "debtors"),
)  # fmt: skip

CHECKED_SECONDS = 60  # How long the badge says the same.

# What a find is called, the page that shows it, and what it narrows invoices to without that page.
FOUND = {
    "invoice": (_("Invoice"), "invoice", ""),
    "client": (_("Client"), "client", "client"),
    "debtor": (_("Debtor"), "debtor", "debtor"),
    "batch": (_("Batch"), "batch", ""),
}


def books() -> Books | None:
    """How the books stand: debits against credits in every currency, asked once a minute."""
    off = cache.get_or_set("shell.books", doctor.balanced, CHECKED_SECONDS)
    assert off is not None
    wrong = [Money(minor, currency) for currency, minor in sorted(off.items()) if minor]
    said = ", ".join(str(amount) for amount in wrong) or "0.00"
    return Books(not wrong, said, address("doctor") or "")


def waiting(user: object) -> Mapping[str, int]:
    """How much waits for a person in each place, by the name of its address."""
    found = work.waiting()
    return {
        "held": found.held, "deliveries": found.unknown, "cash": found.matches,
        "review": found.readings, "questions": found.questions,
        "batches": found.drafts + found.tables, "clients": found.offers + found.buy_backs,
    }  # fmt: skip


def find(words: str, user: object) -> tuple[Hit, ...]:
    """The ten best finds for a few words: numbers, names, references, amounts."""
    hits = []
    for found in search_queries.find(words):
        kind, page, narrows = FOUND[found.kind]
        url = address(page, found.id)
        if url is None and narrows:
            url = f"{reverse('invoices')}?{narrows}={found.id}"
        if url is not None:
            hits.append(Hit(f"{found.name} · {found.about}".rstrip(" ·"), str(kind), url))
    return tuple(hits)


def around(request: HttpRequest) -> dict[str, object]:
    """The context processor. A fragment for htmx gets only what fragments use."""
    user = getattr(request, "user", None) or AnonymousUser()
    context: dict[str, object] = {"environment": settings.ENVIRONMENT}
    if not hasattr(request, "user") or getattr(request, "htmx", False):
        return context
    theme = theme_of(request)
    context |= {"theme": theme, "theme_name": THEMES[theme], "themes": tuple(THEMES)}
    if is_client(request):  # A client's pages have a frame of their own, without our figures.
        context["shell"] = theirs(user.display_name, getattr(user, "client_id", None))
    elif user.is_authenticated:
        context["shell"] = drawn(request.path, waiting(user), books(), user.display_name)
    return context


def theirs(person: str, client: UUID | None) -> dict[str, object]:
    """The same for a client's pages: places that only some contracts have are shown to those."""
    today = clock.now().date()
    return {
        "person": person,
        "initials": initials(person),
        "chooses": client is not None and offers.may_choose(client, today=today),
        "keeps": client is not None and client_ledgers.keeps(client, on=today),
    }


def drawn(
    path: str, counts: Mapping[str, int], state: Books | None, person: str
) -> dict[str, object]:
    """The shell's values for a page at `path`; of places above it the nearest is current."""
    known = [(place, url) for place, url in _addresses() if url is not None]
    above = next((place for begins, place in UNDER if path.startswith(begins)), "")
    here = max((url for _, url in known if path.startswith(url)), key=len, default="")
    if here == "/" and path != "/":
        here = next((url for place, url in known if place.url == above), "")
    return {
        "places": [
            {"place": place, "url": url, "count": counts.get(place.url, 0), "here": url == here}
            for place, url in known
        ],
        "books": state,
        "person": person,
        "initials": initials(person),
    }


def initials(person: str) -> str:
    return "".join(word[0] for word in person.split()[:2]).upper() or "?"


@lru_cache
def _addresses() -> tuple[tuple[Place, str | None], ...]:
    """Where each place is; None for a screen that this installation does not have."""
    return tuple((place, address(place.url)) for place in PLACES)


def address(name: str, *of: object) -> str | None:
    """Where the page of this name is; None: this installation has none."""
    try:
        return reverse(name, args=of)
    except NoReverseMatch:
        return None


def search(request: HttpRequest) -> HttpResponse:
    """JSON for the palette while somebody types; a page of its own without scripts."""
    words = request.GET.get("q", "").strip()[:100]
    hits = find(words, request.user) if words else ()
    if "application/json" in request.headers.get("Accept", ""):
        found = [{"name": hit.name, "kind": hit.kind, "url": hit.url} for hit in hits]
        return JsonResponse({"hits": found})
    return render(request, "search.html", {"words": words, "hits": hits})
