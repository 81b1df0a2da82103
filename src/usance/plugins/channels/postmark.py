"""E-mail through Postmark's API; its webhooks show a password and sign nothing.

Source: Postmark developer documentation, "Email API", "Messages API", "Webhooks", "Bounce types".
"""

from collections.abc import Mapping
from typing import Any

from usance.domain.distribution import Kind

from . import _anymail
from ._anymail import Asked, Bulk

KINDS = frozenset({Kind.EMAIL})
CONFIG: Mapping[str, str] = {
    "token": "of the server, as Postmark calls what sends",
    "message_stream": "without it outbound",
    "url": "of the API; without it https://api.postmarkapp.com",
    "sender": "From address; Postmark knows it or its domain",
    "reply_to": "where a person's answer goes; without it the sender",
    "domain": "of message ids; without it the sender's",
    "timeout_seconds": "for each answer; without it 30",
    "largest_bytes": "of the papers of a mail as they travel; without it 10000000",
    "webhook_secrets": "passwords of its callbacks (user usance), several separated by spaces",
}
TAKES_KEY = False
ASKABLE = True
URL = "https://api.postmarkapp.com"


def _options(config: Mapping[str, str]) -> dict[str, Any]:
    return {
        "server_token": config["token"],
        "message_stream": config.get("message_stream", "") or None,
        "api_url": config.get("url", "") or URL,
    }


def _word(event: Mapping[str, Any]) -> str:
    kind = str(event.get("RecordType", ""))
    return str(event.get("Type", "")) or kind if kind in ("Bounce", "SpamComplaint") else kind


def _search(key: str, config: Mapping[str, str]) -> Asked:
    url = f"{config.get('url', '') or URL}/messages/outbound".replace("//messages", "/messages")
    query = {"count": "1", "offset": "0", "metadata_key": key}
    return url, query, {"X-Postmark-Server-Token": config["token"]}, None


def _found(answer: Any, key: str, config: Mapping[str, str]) -> str:
    for one in answer["Messages"]:
        if one.get("Metadata", {}).get("key") == key:
            return str(one["MessageID"])
    return ""


_BULK = Bulk(
    backend="anymail.backends.postmark.EmailBackend",
    webhook="anymail.webhooks.postmark.PostmarkTrackingWebhookView",
    options=_options,
    lock=_anymail.basic,
    signed_at=_anymail.unsigned,
    word=_word,
    soft=frozenset({"SoftBounce", "Blocked", "DMARCPolicy", "VirusNotification", "DnsError"}),
    search=_search,
    found=_found,
    # 422 that is not about the receiver: a sender that is not confirmed, an account on hold.
    ours=_anymail.OURS | {422},
    largest_bytes=10_000_000,
)
send, status, read, shown = _BULK.send, _BULK.status, _BULK.read, _BULK.shown
