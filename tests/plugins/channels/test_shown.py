"""What a carrier gets, for people to read: everything is there, no secret is."""

import pytest

from usance.domain.distribution import Attachment, Kind, Parcel
from usance.plugins.channels import _shown, hybrid, portal, smtp

SECRET = "very-secret-token"
PARCEL = Parcel(
    key="01a201d0bc14759da09ba0e6d2781043",
    kind=Kind.EMAIL,
    sender="faktura@factor.example",
    address={"email": "rechnung@bolt.example", "name": "Bolt AG"},
    language="de",
    subject="Rechnung R-1",
    text="Guten Tag,\n\nanbei die Rechnung.\n",
    attachments=(Attachment(name="R-1.pdf", media_type="application/pdf", content=b"%PDF" * 900),),
)


def test_the_distributors_request_is_shown_without_its_token() -> None:
    said = hybrid.shown(PARCEL, {"url": "https://house.example", "token": SECRET})
    assert said.startswith("POST https://house.example/v1/deliveries\n")
    assert "authorization: Bearer ••••••••" in said
    assert SECRET not in said
    for words in (PARCEL.key, "Rechnung R-1", "rechnung@bolt.example", "(4800 letters)"):
        assert words in said, words


def test_a_mail_is_shown_with_envelope_and_headers() -> None:
    config = {"host": "mail", "sender": "faktura@factor.example", "password": SECRET}
    said = smtp.shown(PARCEL, config)
    for words in ("MAIL FROM:<", "RCPT TO:<rechnung@bolt.example>", "Subject: Rechnung R-1"):
        assert words in said, words
    assert SECRET not in said
    assert "anbei" not in said


def test_the_portal_has_nothing_to_hide() -> None:
    assert PARCEL.key in portal.shown(PARCEL, {})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Authorization", "Bearer abc", "Bearer ••••••••"),
        ("X-Api-Key", "abc", "••••••••"),
        ("client_secret", "abc", "••••••••"),
        ("webhook-signature", "v1,abc", "••••••••"),
        ("Content-Type", "application/json", "application/json"),
    ],
)
def test_a_name_tells_what_is_secret(name: str, value: str, said: str) -> None:
    assert _shown.masked(name, value) == said


def test_secrets_deep_in_a_body_are_masked_too() -> None:
    said = _shown.request(
        "POST /", {}, b'{"auth": {"password": "abc"}, "list": [{"token": "abc"}]}'
    )
    assert "abc" not in said


def test_a_body_that_is_no_json_is_shown_as_text() -> None:
    assert _shown.request("POST /", {}, b"a=1&b=2").endswith("a=1&b=2")
