"""E-mail through SendGrid's API; its webhooks are signed (ECDSA) with the moment of the call.

Asking needs SendGrid's search of e-mail activity, which costs extra there: without it nobody can
say what became of a mail, and a person is asked.

Source: SendGrid documentation, "Mail Send v3", "Email Activity: filter all messages", "Event
webhook" and "Event webhook security features"; docs.sendgrid.com, "Mail Send, Limitations": a mail
of up to 30 MB with its papers, custom arguments of up to 10000 bytes, and neither comma nor
semicolon in a receiver's name.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from usance.domain.distribution import Kind

from ._anymail import Asked, Bulk

KINDS = frozenset({Kind.EMAIL})
CONFIG: Mapping[str, str] = {
    "token": "API key, also one that may only send",
    "url": "of the API with its version; without it https://api.sendgrid.com/v3",
    "sender": "From address; SendGrid knows it or its domain",
    "reply_to": "where a person's answer goes; without it the sender",
    "domain": "of message ids; without it the sender's",
    "timeout_seconds": "for each answer; without it 30",
    "largest_bytes": "of the papers of a mail as they travel; without it 25000000",
    "webhook_secrets": "verification keys of its event webhooks, several separated by spaces",
}
TAKES_KEY = False
ASKABLE = True
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
URL = "https://api.sendgrid.com/v3"


def _options(config: Mapping[str, str]) -> dict[str, Any]:
    return {"api_key": config["token"], "api_url": config.get("url", "") or URL}


def _lock(secret: str) -> dict[str, Any]:
    return {"tracking_webhook_verification_key": secret}


def _signed_at(body: bytes, headers: Mapping[str, str]) -> datetime:
    seconds = int(headers["x-twilio-email-event-webhook-timestamp"])
    return EPOCH + timedelta(seconds=seconds)


def _word(event: Mapping[str, Any]) -> str:
    """A bounce has a type, a mail that was dropped a reason."""
    said = str(event.get("event", ""))
    more = {"bounce": event.get("type"), "dropped": event.get("reason")}.get(said)
    return f"{said} {more}" if more else said


def _search(key: str, config: Mapping[str, str]) -> Asked:
    url = f"{(config.get('url', '') or URL).rstrip('/')}/messages"
    query = {"limit": "1", "query": f"(unique_args['key']={json.dumps(key)})"}
    return url, query, {"authorization": f"Bearer {config['token']}"}, None


def _found(answer: Any, key: str, config: Mapping[str, str]) -> str:
    """Its list shows no arguments: what the query found is ours."""
    return "".join(str(one["msg_id"]) for one in answer["messages"][:1])


_BULK = Bulk(
    backend="anymail.backends.sendgrid.EmailBackend",
    webhook="anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
    options=_options,
    lock=_lock,
    signed_at=_signed_at,
    word=_word,
    soft=frozenset(
        {"bounce blocked", "bounce expired", "dropped Spam Content",
         "dropped Recipient List over Package Quota"}
    ),
    search=_search,
    found=_found,
    taken=frozenset({202}),  # With no word: nothing else tells it from a page of somebody else's.
    largest_bytes=25_000_000,
    unnameable=",;",
)  # fmt: skip
send, status, read, shown = _BULK.send, _BULK.status, _BULK.read, _BULK.shown
