"""Standard Webhooks: what must not be believed."""

from datetime import UTC, datetime, timedelta

import pytest

from usance.plugins.channels import Forged
from usance.plugins.channels._signature import sign, verify

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
BODY = b'{"events": []}'


def headers() -> dict[str, str]:
    timestamp = int(AT.timestamp())
    signature = sign(BODY, id="msg_1", timestamp=timestamp, secret=SECRET)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,bm9uZQ== {signature}",
        "x-received-at": AT.isoformat(),
    }


def test_one_fitting_signature_among_several_is_enough() -> None:
    verify(BODY, headers(), secrets=SECRET)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,ä"},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "1" * 400},
        {"webhook-timestamp": str(int(AT.timestamp()) + 1)},
        {"x-received-at": ""},
        {"x-received-at": "2026-03-02T12:00:00"},
        {"x-received-at": (AT + timedelta(seconds=301)).isoformat()},
        {"x-received-at": (AT - timedelta(seconds=301)).isoformat()},
    ],
    ids=lambda changed: "-".join(changed),
)
def test_a_forged_or_old_callback_is_not_believed(changed: dict[str, str]) -> None:
    with pytest.raises(Forged):
        verify(BODY, headers() | changed, secrets=SECRET)
