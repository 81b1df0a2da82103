"""SIE type 4, the Swedish exchange of bookkeeping: vouchers to be taken over (4I), or a whole
fiscal year with its balances (4E).

Source: SIE-gruppen, "SIE filformat", edition 4B of 2008-09-30: §5 the file, §11 the records. Texts
are in code page 437 (#FORMAT PC8); debits are positive; amounts have at most two decimals.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from usance.domain.money import Money, exponent

from . import Head, Posting, Sort, Unwritable, Voucher
from ._plain import plain

CONFIG: dict[str, str] = {}
SUFFIX = "se"
MEDIA_TYPE = "application/octet-stream"
MOST = 90_000
CHARSET = "cp437"
DIGITS = 2
SWEDISH = re.compile(r"[0-9]{6}-?[0-9]{4}")
TOGETHER = 500  # Vouchers in one piece.
SORTS = {Sort.ASSET: "T", Sort.LIABILITY: "S", Sort.INCOME: "I", Sort.COST: "K"}
BALANCED = frozenset({Sort.ASSET, Sort.LIABILITY})


def check(head: Head) -> None:
    if exponent(head.currency) > DIGITS:
        raise Unwritable(f"SIE has two decimals, {head.currency} has {exponent(head.currency)}")
    for one in head.accounts:
        if not (one.number.isascii() and one.number.isdigit() and len(one.number) >= 4):
            raise Unwritable(f"SIE takes account numbers of at least four digits, not {one.number}")


def write(vouchers: Iterable[Voucher], head: Head) -> Iterator[bytes]:
    check(head)
    lines = list(_head(head))
    for count, voucher in enumerate(vouchers, start=1):
        lines += _voucher(voucher)
        if count % TOGETHER == 0:
            yield _bytes(lines)
            lines = []
    yield _bytes(lines)


def _head(head: Head) -> Iterator[str]:
    yield "#FLAGGA 0"
    yield '#PROGRAM "usance" "1"'
    yield "#FORMAT PC8"
    yield f"#GEN {head.made_at:%Y%m%d}"
    yield "#SIETYP 4"
    if head.organisation:
        yield f"#ORGNR {_organisation(head.organisation)}"
    yield f"#FNAMN {_text(head.company)}"
    yield f"#RAR 0 {head.year_from:%Y%m%d} {head.year_to:%Y%m%d}"
    if head.chart == "bas":
        yield "#KPTYP EUBAS97"
    yield f"#VALUTA {head.currency}"
    for one in head.accounts:
        yield f"#KONTO {one.number} {_text(one.name)}"
        yield f"#KTYP {one.number} {SORTS[one.sort]}"
    if head.standings is None:
        return
    sorts = {one.number: one.sort for one in head.accounts}
    balanced = [each for each in head.standings if sorts[each.number] in BALANCED]
    for each in balanced:
        yield f"#IB 0 {each.number} {_amount(each.before)}"
    for each in balanced:
        yield f"#UB 0 {each.number} {_amount(each.after)}"
    for each in head.standings:
        if sorts[each.number] not in BALANCED:
            yield f"#RES 0 {each.number} {_amount(each.after)}"


def _organisation(number: str) -> str:
    """A Swedish one with its hyphen, and bare: programs look for it behind the sixth digit, and not
    all of them unquote it (§11, #ORGNR)."""
    if SWEDISH.fullmatch(number):
        return f"{number[:6]}-{number[-4:]}"
    return _text(number)


def _voucher(voucher: Voucher) -> list[str]:
    return [
        f"#VER {_text(voucher.series)} {_text(str(voucher.number))} {voucher.on:%Y%m%d}"
        f" {_text(voucher.text)} {voucher.written_on:%Y%m%d} {_text(voucher.actor)}",
        "{",
        *(line for posting in voucher.postings for line in _rows(posting, voucher.on)),
        "}",
    ]


def _rows(posting: Posting, on: date) -> tuple[str, str]:
    about = [str(posting.original)] if posting.original else []  # SIE has no field for it.
    about += [posting.text] if posting.text else []
    amount, rest = _amount(posting.amount), f"{on:%Y%m%d} {_text(' · '.join(about))}"
    return (
        f"   #TRANS {posting.debit} {{}} {amount} {rest}",
        f"   #TRANS {posting.credit} {{}} -{amount} {rest}",
    )


def _amount(amount: Money) -> str:
    """With a point and without an exponent, as the currency has digits."""
    value: Decimal = amount.decimal
    return f"{value:f}"


def _text(text: str) -> str:
    """A field of text. A backslash would take the quote behind it along."""
    said = plain(text, CHARSET, 200).replace("\\", "/").replace('"', '\\"')
    return f'"{said}"'


def _bytes(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode(CHARSET)
