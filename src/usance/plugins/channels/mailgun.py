"""E-mail through Mailgun's API; its webhooks carry a signature over a moment and a token.

The signature does not cover what is said, so the callback's address must be https.

Source: Mailgun documentation, "Messages", "Events", "Webhooks" and "Securing webhooks".
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from usance.domain.distribution import Kind

from . import _mail
from ._anymail import Asked, Bulk

KINDS = frozenset({Kind.EMAIL})
CONFIG: Mapping[str, str] = {
    "token": "API key, also one that may only send",
    "sender_domain": "as it is called at Mailgun; without it that of the sender",
    "url": "of the API with its version; without it https://api.eu.mailgun.net/v3",
    "sender": "From address",
    "reply_to": "where a person's answer goes; without it the sender",
    "domain": "of message ids; without it the sender's",
    "timeout_seconds": "for each answer; without it 30",
    "largest_bytes": "of the papers of a mail as they travel; without it 25000000",
    "webhook_secrets": "HTTP webhook signing keys, several separated by spaces",
}
TAKES_KEY = False
ASKABLE = True
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
URL = "https://api.eu.mailgun.net/v3"


def _options(config: Mapping[str, str]) -> dict[str, Any]:
    return {
        "api_key": config["token"],
        "sender_domain": _sender_domain(config),
        "api_url": config.get("url", "") or URL,
    }


def _sender_domain(config: Mapping[str, str]) -> str:
    return config.get("sender_domain", "") or config["sender"].rpartition("@")[2]


def _lock(secret: str) -> dict[str, Any]:
    return {"webhook_signing_key": secret, "api_key": None}


def _signed_at(body: bytes, headers: Mapping[str, str]) -> datetime:
    return EPOCH + timedelta(seconds=int(json.loads(body)["signature"]["timestamp"]))


def _word(event: Mapping[str, Any]) -> str:
    told = event.get("event-data", {})
    return " ".join(str(told[name]) for name in ("event", "severity", "reason") if told.get(name))


def _search(key: str, config: Mapping[str, str]) -> Asked:
    url = f"{(config.get('url', '') or URL).rstrip('/')}/{_sender_domain(config)}/events"
    query = {"message-id": _mail.message_id(key, config).strip("<>"), "limit": "1"}
    return url, query, {}, ("api", config["token"])


def _found(answer: Any, key: str, config: Mapping[str, str]) -> str:
    ours = _mail.message_id(key, config)
    for one in answer["items"]:
        if f"<{one['message']['headers']['message-id']}>" == ours:
            return ours
    return ""


_BULK = Bulk(
    backend="anymail.backends.mailgun.EmailBackend",
    webhook="anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    options=_options,
    lock=_lock,
    signed_at=_signed_at,
    word=_word,
    soft=frozenset({f"failed permanent {why}" for why in ("old", "espblock", "generic")}),
    search=_search,
    found=_found,
    largest_bytes=25_000_000,
)
send, status, read, shown = _BULK.send, _BULK.status, _BULK.read, _BULK.shown
