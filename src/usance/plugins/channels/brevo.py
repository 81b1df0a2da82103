"""E-mail through Brevo's API; its webhooks show a password and sign nothing.

Our key is the tag of a mail as well: that is what its list of events can be searched for.

Source: Brevo API documentation, "Send a transactional email", "Get all your transactional email
activity (unaggregated events)", "Transactional webhooks", "Secure webhook calls".
"""

from collections.abc import Mapping
from typing import Any

from usance.domain.distribution import Kind

from . import _anymail
from ._anymail import Asked, Bulk

KINDS = frozenset({Kind.EMAIL})
CONFIG: Mapping[str, str] = {
    "token": "API key",
    "url": "of the API with its version; without it https://api.brevo.com/v3",
    "sender": "From address; Brevo knows it or its domain",
    "reply_to": "where a person's answer goes; without it the sender",
    "domain": "of message ids; without it the sender's",
    "timeout_seconds": "for each answer; without it 30",
    "largest_bytes": "of the papers of a mail as they travel; without it 20000000",
    "webhook_secrets": "passwords of its callbacks (user usance), several separated by spaces",
}
TAKES_KEY = False
ASKABLE = True
URL = "https://api.brevo.com/v3"


def _options(config: Mapping[str, str]) -> dict[str, Any]:
    return {"api_key": config["token"], "api_url": config.get("url", "") or URL}


def _word(event: Mapping[str, Any]) -> str:
    return str(event.get("event", ""))


def _search(key: str, config: Mapping[str, str]) -> Asked:
    url = f"{(config.get('url', '') or URL).rstrip('/')}/smtp/statistics/events"
    return url, {"tags": key, "limit": "1"}, {"api-key": config["token"]}, None


def _found(answer: Any, key: str, config: Mapping[str, str]) -> str:
    for one in answer.get("events", ()):  # It leaves the list out where there is nothing.
        if key in str(one.get("tag", "")):
            return str(one["messageId"])
    return ""


_BULK = Bulk(
    backend="anymail.backends.brevo.EmailBackend",
    webhook="anymail.webhooks.brevo.BrevoTrackingWebhookView",
    options=_options,
    lock=_anymail.basic,
    signed_at=_anymail.unsigned,
    word=_word,
    # "blocked" is Brevo's own list, not the receiver's server; "error" says nothing at all.
    soft=frozenset({"soft_bounce", "blocked", "error"}),
    search=_search,
    found=_found,
    tagged=True,
    tracks=False,  # There pictures and links are counted or not by a setting of the account.
    largest_bytes=20_000_000,
)
send, status, read, shown = _BULK.send, _BULK.status, _BULK.read, _BULK.shown
