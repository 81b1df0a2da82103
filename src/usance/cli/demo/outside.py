"""Connect the demo to its sandbox: start it, and tell usance who carries what."""

import json
import os
import secrets
import sys
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from usance.cli.processes import Children
from usance.domain.money import Money

# Who carries what: a letter goes by one of two, by their shares.
KINDS: dict[str, str | dict[str, int]] = {
    "email": "smtp",
    "letter": {"pingen": 60, "hybrid": 40},
    "einvoice": "storecove",
    "mailbox": "hybrid",
    "sms": "elks",
}
ADVICES = "avis@norrsken.example"  # Where debtors mail what they paid.
CARRIERS = ("smtp", "hybrid", "pingen", "storecove", "elks")


def start(
    children: Children, *, home: Path, seed: int, at: datetime, port: int, faults: float
) -> None:
    """The sandbox as a process of its own. It needs nothing of ours, so it starts beside us."""
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    hooks = _hooks(port)
    children.start(
        "sandbox",
        [
            *(sys.executable, "-m", "usance.sandbox", "--seed", str(seed)),
            *("--at", at.isoformat(), "--faults", str(faults)),
            *("--home", str(home / "sandbox"), "--webhook-secret", secret),
            *("--webhook-url", hooks, "--inbound-url", f"{hooks}/smtp"),
            *("--hang-seconds", "2", "--bouncing", "0.08", "--failing", "0.06"),
        ],
        first_line=True,
    )


def connect(children: Children, *, home: Path, port: int) -> "Outside":
    """Wait for it; secrets/outside.json names it as our outside world."""
    ready: dict[str, Any] = json.loads(children.first_line("sandbox"))
    hooks = _hooks(port)
    settings = {
        "kinds": KINDS,
        "carriers": {
            name: {"plugin": name, "config": _patient(name, ready["channels"][name], hooks)}
            for name in CARRIERS
        },
        "directories": {"einvoice": {"plugin": "peppol", "config": ready["directories"]["peppol"]}},
        "bank": {"plugin": "rest", "config": {"url": ready["bank"], "token": ""}},
        "rates": {"plugin": "ecb", "config": ready["rates"]["ecb"]},
        "providers": {"stripe": {"plugin": "stripe", "config": ready["providers"]["stripe"]}},
        "inbound": {"advices": ADVICES},
        "bureau": {"plugin": "rest", "config": ready["bureaus"]["rest"]},
    }
    _write_secret(home / "secrets" / "outside.json", json.dumps(settings, indent=1))
    return Outside(ready["url"])


def _hooks(port: int) -> str:
    return f"http://127.0.0.1:{port}/v1/hooks"


def _patient(name: str, config: dict[str, str], hooks: str) -> dict[str, str]:
    """The house's settings; whoever is silent is not waited for longer than the day lasts."""
    if name == "smtp":
        return config
    here = {"callback_url": f"{hooks}/{name}"} if "callback_url" in config else {}
    return config | here | {"timeout_seconds": "1"}


class Outside:
    """The sandbox's own controls: its clock, its bank accounts, what is true there."""

    def __init__(self, url: str) -> None:
        import httpx  # Here: whoever only opens the office again does not wait for it.

        self.url = url
        self._http = httpx.Client(base_url=url, timeout=120, trust_env=False)

    def clock(self, at: datetime) -> dict[str, int]:
        answer = self._http.post("/clock", json={"at": at.isoformat()})
        answer.raise_for_status()
        told: dict[str, int] = answer.json()
        return told

    def open_account(self, iban: str, name: str, balance_minor: int, currency: str) -> None:
        asked = {"name": name, "balance_minor": balance_minor, "currency": currency}
        self._http.put(f"/bank/{iban}", json=asked).raise_for_status()

    def leave_alone(self, numbers: Sequence[str]) -> None:
        """The sandbox's debtors do not pay these invoices, which they have not got yet."""
        if numbers:
            asked = dict.fromkeys(numbers, "never")
            self._http.post("/debtors", json=asked).raise_for_status()

    def left_alone(self) -> set[str]:
        """All of them, by their numbers."""
        answer = self._http.post("/debtors", json={})
        answer.raise_for_status()
        return set(answer.json())

    def pay(self, page: str) -> None:
        """A debtor presses the button on the payment provider's page."""
        answer = self._http.post(page)
        if not answer.is_redirect:  # Back to our page.
            answer.raise_for_status()

    def credit(self, iban: str, amount: Money, *, payer: str, account: str, text: str) -> None:
        """Somebody sends us money."""
        asked = {"minor": amount.minor, "currency": amount.currency, "payer": payer,
                 "account": account, "text": text}  # fmt: skip
        self._http.post(f"/bank/{iban}/credits", json=asked).raise_for_status()

    def mail(self, to: str, data: bytes) -> None:
        """Somebody writes us a mail; when this returns, we have it."""
        answer = self._http.post("/mails", params={"to": to}, content=data)
        answer.raise_for_status()


def _write_secret(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
