"""Trouble on the way to a carrier, as people are told it."""

import smtplib
import ssl

import httpx
import pytest

from usance.domain.distribution import plain

AWAY, SILENT = "The carrier could not be reached.", "The carrier did not answer in time."
BROKEN = "The connection to the carrier broke off."


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (ConnectionRefusedError(111, "Connection refused"), AWAY),
        (OSError(113, "No route to host"), AWAY),
        (httpx.ConnectError("[Errno 111] Connection refused"), AWAY),
        (httpx.ConnectTimeout("timed out"), AWAY),
        (TimeoutError("timed out"), SILENT),
        (httpx.ReadTimeout(""), SILENT),
        (ConnectionResetError(104, "Connection reset by peer"), BROKEN),
        (BrokenPipeError(32, "Broken pipe"), BROKEN),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), BROKEN),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), BROKEN),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), BROKEN),
        (ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate"),
         "The carrier could not prove who it is: we do not trust its certificate or key."),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 Bad credentials"),
         "The carrier did not accept our login."),
    ],
)  # fmt: skip
def test_trouble_of_programs_is_said_for_people(trouble: Exception, says: str) -> None:
    assert plain(f"{type(trouble).__name__}: {trouble}") == says


@pytest.mark.parametrize(
    "said",
    [
        "",
        "The call was interrupted.",
        "550 5.1.1 <a@b.example>: no such user",
        "502 5.5.2 Error: command not recognised",
        "Error: the mailbox is full, connection refused",
        "user:asa says that it went out.",
        "PaperError: the tray is empty",  # A name that nobody knows tells more than we could.
    ],
)
def test_what_carriers_and_people_say_stands_as_it_is(said: str) -> None:
    assert plain(said) == said


def test_a_carriers_own_error_is_no_riddle() -> None:
    assert plain("502 Bad Gateway") == "The carrier answered with an error of its own."
