"""The square that a banking app reads. Only where a standard for the currency exists."""

import json
import re
from datetime import date

from usance.domain.money import Money
from usance.domain.reference import is_rf

from .facts import Account

LONGEST_EPC = 331  # Bytes.
_DARK = re.compile(rb"\x01+")  # In a row of modules.


def payload(
    account: Account, amount: Money, reference: str, *, issued_on: date, due_on: date
) -> str:
    """What the QR says, or nothing: EPC for euro, the Swedish invoice QR for kronor by bankgiro.

    There is none for NOK and DKK; an EPC code there would tell an app to send euro.
    """
    if amount.minor <= 0:
        return ""
    if amount.currency == "EUR" and account.iban:
        return epc(account, amount, reference)
    if amount.currency == "SEK" and account.bankgiro:
        return swedish(account, amount, reference, issued_on=issued_on, due_on=due_on)
    return ""


def epc(account: Account, amount: Money, reference: str) -> str:
    """EPC069-12, version 002, UTF-8: an RF reference goes structured, any other as text."""
    if amount.minor > 99_999_999_999:
        return ""
    structured, text = (reference, "") if is_rf(reference) else ("", reference[:140])
    fields = (
        "BCD", "002", "1", "SCT", account.bic.replace(" ", ""), _line(account.holder)[:70],
        account.iban.replace(" ", ""), f"EUR{amount.decimal}", "",
        structured.replace(" ", ""), _line(text),
    )  # fmt: skip
    said = "\n".join(fields).rstrip("\n")
    return said if len(said.encode()) <= LONGEST_EPC else ""


def swedish(
    account: Account, amount: Money, reference: str, *, issued_on: date, due_on: date
) -> str:
    """The invoice QR of Swedish banking apps, version 1 (qrkod.info): payment to a bankgiro."""
    return json.dumps(
        {
            "uqr": 1,
            "tp": 1,
            "nme": _line(account.holder)[:70],
            "iref": reference,
            "idt": f"{issued_on:%Y%m%d}",
            "ddt": f"{due_on:%Y%m%d}",
            "due": str(amount.decimal),
            "cur": "SEK",
            "pt": "BG",
            "acc": account.bankgiro,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def svg(said: str, *, error: str = "m") -> str:
    """The payload as SVG, a stroke for each run of dark modules.

    One fixed mask: every one is lawful, trying all eight costs 4 ms. `error`: "l" where it is
    printed so small that larger modules read better than corrected ones.
    """
    import segno  # A tenth of a second: whoever prints nothing does without.

    code = segno.make_qr(said, error=error, boost_error=False, encoding="utf-8", mask=4)
    path = "".join(
        f"M{run.start()} {y}.5h{run.end() - run.start()}"
        for y, row in enumerate(code.matrix)
        for run in _DARK.finditer(row)
    )
    wide = len(code.matrix)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {wide}">'
        f'<path stroke="#000" d="{path}"/></svg>'
    )


def _line(text: str) -> str:
    return " ".join(text.split())
