"""SWIFT MT940 (statement) and MT942 (interim report), in the dialects that banks really send.

Source: SWIFT Standards MT, category 9, MT940 and MT942 field specifications; German structured
field 86: DK-Abkommen, Anlage 3, chapter "MT940". Entry dates carry no year: it is the one within
180 days of the value date. Field 86 belongs to the entry before it, after field 62F or 65 to the
statement. An MT942 says what is under way: its lines are pending, the MT940 books them.
"""

import codecs
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import BinaryIO

from usance.domain.money import Money, NotMoney
from usance.domain.payee import is_iban
from usance.domain.payment import BankLine, Reference, Statement
from usance.plugins import Unreadable

from ._kept import Keeper, Lines
from ._mt940_exchange import exchanged
from ._mt940_text import NOTHING, remittance
from ._zip import BLOCK

NO_CURRENCY = "XXX"  # ISO 4217: no currency. Fragments without a balance do not say theirs.

_TAG = re.compile(
    r":(NS|13D?|20|21|25P?|28C?|34F|60[FM]|61|62[FM]|64|65|86|90[CD]):"
)  # Only these begin a field: a wrapped text may begin with ":12:11" of a time.
_FIRST = re.compile(
    # Blocks of SWIFT's envelope, or the lines with sender and type that Dutch banks put before it.
    rb"(?:[ \t\x01]*+(?:\{[1-4]:[^\r\n]{0,200}|[0-9A-Z: ]{2,60})?[\r\n]++){0,8}"
    rb"[\s\x01]*(?:\{1:[^\r\n]{0,200}?\{4:)?:(?:20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86):"
)
_ENVELOPE = re.compile(r"^\x01?\{[1-4]:.*?(?:\{4:|$)")
_END = re.compile(r"-(?:\}.*|XXX)?\s*$")  # A line of text may not begin so (SWIFT, text block).
_BROKEN_TAG, _BARE_TAG = re.compile(r"(?m)^:\r?\n(\d\d[A-Z]?:)"), re.compile(r"\d\d[A-Z]?:")
_DOS = re.compile(rb"[a-z][\x80-\x91\x93-\x9f][a-z]")
_ENTRY = re.compile(
    r"(?P<value>\d{6})\s?(?P<entry>\d{4})?\s?(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>\d[\d.,]*|,\d+) ?"
    r"(?P<type>[A-Z](?:[A-Z0-9]{3}|[A-Z0-9]{2} |[A-Z0-9]  |   ))?(?P<rest>.*)",
)
_BALANCE = re.compile(r"(?P<mark>R?[CD])(?P<day>\d{6})(?P<currency>[A-Z]{3})?(?P<amount>[\d.,]+)$")
# Dutch banks fill the reference of 16 signs with blanks and write the other party's name after it.
_PADDED, _CUT = re.compile(r"(?<=\S) {2,}(?=\S)"), "\x1f"
_OWN_WITHIN = 7  # Digits that make an account known by its end.
_FLOOR = re.compile(r"([A-Z]{3})[CD]?[\d,]+$")


def sniff(data: bytes) -> bool:
    return bool(_FIRST.match(data[:2048].removeprefix(b"\xef\xbb\xbf")))


def read(data: bytes) -> list[Statement]:
    """Every statement, each page of a statement as one of its own.

    :raises Unreadable: with the line of a field that cannot be read.
    """
    if not sniff(data):
        raise Unreadable("no MT940 or MT942", where="line 1")
    rows = _BROKEN_TAG.sub(r"\n:\1", _decoded(data)).split("\n")  # Keeps the number of rows.
    return [draft.statement() for draft in _drafts(rows, None)]


def stream(file: BinaryIO) -> Iterator[Statement]:
    """The same of a file that is too long for memory: the lines of its statements are on disk.

    :raises Unreadable: with the line of a field that cannot be read.
    """
    try:
        found = [one.statement() for one in _drafts(_rows(file, _charset(file)), Keeper())]
    except _ToldLate:
        file.seek(0)
        found = read(file.read())
    yield from found


def _drafts(rows: Iterable[str], keeper: Keeper | None) -> Iterator["_Draft"]:
    draft: _Draft | None = None
    for tag, value, row in _fields(rows):
        if draft is None or (tag == "20" and draft.seen):
            if draft is not None:
                yield draft
            draft = _Draft(kept=Lines(keeper) if keeper else None)
        draft.take(tag, value, row)
    if draft is not None:
        yield draft


class _ToldLate(Exception):
    """What is said of all lines of a statement stands behind some of them."""


@dataclass(slots=True)
class _Entry:
    head: str
    row: int
    extra: str = ""  # The second line of field 61.
    text: str = ""  # Field 86 or NS.
    ns: bool = False


@dataclass(slots=True)
class _Draft:
    """A statement while its fields are still coming."""

    seen: bool = False
    account: str = ""
    reference: str = ""
    sequence: str = ""
    currency: str = ""
    interim: bool = False
    ended: bool = False
    balances: dict[str, tuple[str, int]] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)
    kept: Lines | None = None  # Of a long file: but for the last entry they are lines already.
    _read_as: tuple[str, bool] | None = None

    def take(self, tag: str, value: str, row: int) -> None:
        self.seen = True
        plain = value.strip()
        match tag:
            case "20":
                self.reference = plain
            case "25" | "25P" if not self.entries:
                self.account = plain.split("\n")[0].strip()
            case "28" | "28C":
                self.sequence = plain.partition("/")[0]
            case "34F":
                self.interim = True
                floor = _FLOOR.match(plain)
                self.currency = self.currency or (floor.group(1) if floor else "")
            case "60F" | "60M" | "62F" | "62M":
                plain = plain.partition("\n")[0].rstrip()  # Below stands the next file's envelope.
                self.balances[tag[:2]] = (plain, row)
                self.ended = self.ended or tag[0:2] == "62"
                found = _BALANCE.match(plain)
                if found and found["currency"]:
                    self.currency = found["currency"]
            case "61":
                if self.kept is not None:
                    self._keep(self.kept)
                head, _, extra = _entry_lines(value)
                self.entries.append(_Entry(head=head, row=row, extra=extra))
            # A 25 below an entry cannot be the account: it is a mistyped 86.
            case "86" | "NS" | "25" if self.entries and not self.ended:
                before = self.entries[-1].text
                self.entries[-1].text = f"{before}\n{value}" if before else value
                self.entries[-1].ns = tag == "NS"

    def _keep(self, kept: Lines) -> None:
        """Read the entries that are whole.

        :raises _ToldLate: if the ones before were read in another currency, or as of another kind.
        """
        told = (self.currency or NO_CURRENCY, self.interim)
        if not self.entries:
            return
        if self._read_as not in (None, told):
            raise _ToldLate
        self._read_as = told
        kept.extend(self._read(*told))
        self.entries.clear()

    def _read(self, currency: str, interim: bool) -> list[BankLine]:
        return [_line(entry, currency, own=self.account, interim=interim) for entry in self.entries]

    def _lines(self, currency: str) -> Sequence[BankLine]:
        if self.kept is None:
            return tuple(self._read(currency, self.interim))
        self._keep(self.kept)
        return self.kept.done()

    def statement(self) -> Statement:
        currency = self.currency or NO_CURRENCY
        opening = _balance(self.balances.get("60"), currency)
        closing = _balance(self.balances.get("62"), currency)
        return Statement(
            account=self.account,
            currency=currency,
            reference=self.reference,
            sequence=self.sequence,
            opening=opening[0] if opening else None,
            closing=closing[0] if closing else None,
            opened_on=opening[1] if opening else None,
            closed_on=closing[1] if closing else None,
            lines=self._lines(currency),
        )


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Between small letters these bytes are signs in cp1252 but letters in a DOS code page.
        text = data.decode("cp850" if _DOS.search(data) else "cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")


def _charset(file: BinaryIO) -> str:
    """As `_decoded` finds it; the file is at its beginning afterwards."""
    decoder, is_dos, before = codecs.getincrementaldecoder("utf-8-sig")(), False, b""
    charset = "utf-8-sig"
    block = b"-"
    while block:
        block = file.read(BLOCK)
        if charset:
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                charset = ""
        is_dos = is_dos or _DOS.search(before + block) is not None
        before = (before + block)[-2:]
    file.seek(0)
    return charset or ("cp850" if is_dos else "cp1252")


def _rows(file: BinaryIO, charset: str) -> Iterator[str]:
    """As they are found in the text of a short file."""
    text = io.TextIOWrapper(file, charset, "replace", newline=None)
    try:
        is_broken = False
        for whole in text:
            row = whole.removesuffix("\n").replace("\ufeff", "")
            if is_broken:
                is_tag = _BARE_TAG.match(row)
                yield "" if is_tag else ":"
                row = ":" + row if is_tag else row
            is_broken = row == ":"
            if not is_broken:
                yield row
        if is_broken:
            yield ":"
    finally:
        text.detach()


def _fields(rows: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """Tag, value with its lines, and the row on which the field begins."""
    tag, lines, began = "", [""], 0
    below: list[str] | None = None  # What stands below the end of a message.
    for row, whole in enumerate(rows, start=1):
        line = _ENVELOPE.sub("", whole) if whole[:1] in ("{", "\x01") else whole
        found = _TAG.match(line)
        if found:
            if below and found.group(1) != "20":
                lines += below  # The message went on: the hyphen was a line of its text.
            below = None
            if tag:
                yield tag, "\n".join(lines), began
            tag, lines, began = found.group(1), [line[found.end() :].rstrip()], row
        elif line[:1] == "-" and _END.match(line):
            below = [] if below is None else below
        elif tag and line.strip():
            (lines if below is None else below).append(line.rstrip())
    if tag:
        yield tag, "\n".join(lines), began


def _entry_lines(value: str) -> tuple[str, str, str]:
    """Field 61 and its second line; a first line that a bank wrapped too early is joined again."""
    first, newline, rest = value.partition("\n")
    if _ENTRY.fullmatch(first.strip()) is None and rest:
        wrapped, _, later = rest.partition("\n")
        return first + wrapped, newline, later
    return first, newline, rest


def _line(entry: _Entry, currency: str, *, own: str, interim: bool) -> BankLine:
    found = _ENTRY.fullmatch(entry.head.strip())
    if found is None:
        raise Unreadable(f"{entry.head!r} is no entry (field 61)", where=f"line {entry.row}")
    mark = found["mark"]
    amount = _amount(found["amount"], currency, entry.row, entry.head)
    value_on = _day(found["value"], entry.row)
    reference, _, bank = found["rest"].strip().partition("//")
    padded = ""
    if "  " in reference:
        reference, _, padded = _PADDED.sub(_CUT, reference, count=1).partition(_CUT)
    text = remittance(entry.text, ns=entry.ns)
    order, extra = _given(reference), entry.extra.strip()
    # Dutch banks put the other party's account into the reference, or alone into the second line.
    account, name = text.account, text.name or padded
    if len(account) >= _OWN_WITHIN and own.endswith(account):
        account = ""  # Some banks name our own account where others name the payer's.
    if order and is_iban(order):
        account, name, order = account or order, name or extra, ""
    elif extra and not account and is_iban(extra):
        account = extra
    told = exchanged(entry.extra, entry.text, currency)
    return BankLine(
        amount=amount if mark in ("C", "RD", "EC") else -amount,
        booked_on=_near(found["entry"], value_on, entry.row) if found["entry"] else value_on,
        value_on=value_on,
        pending=interim or mark.startswith("E"),
        reversal=mark.startswith("R"),
        bank_reference=_given(bank),
        entry_reference=_given(bank),
        end_to_end=text.end_to_end or order,
        counterparty=name,
        counterparty_account=account,
        texts=(*text.texts, extra) if extra and extra not in (account, name) else text.texts,
        references=(Reference(scheme="scor", value=text.reference),) if text.reference else (),
        charges=told.charges,
        ordered=told.ordered,
        return_reason=text.return_reason,
        code=(found["type"] or "")[1:].strip(),
        raw=f":61:{entry.head}\n{entry.extra}\n:86:{entry.text}",
    )


def _given(reference: str) -> str:
    plain = reference.strip()
    return "" if plain.upper() in NOTHING else plain


def _balance(said: tuple[str, int] | None, currency: str) -> tuple[Money, date] | None:
    if said is None:
        return None
    text, row = said
    found = _BALANCE.match(text)
    if found is None:
        raise Unreadable(f"{text!r} is no balance", where=f"line {row}")
    amount = _amount(found["amount"], found["currency"] or currency, row, text)
    return (amount if found["mark"] in ("C", "RD") else -amount), _day(found["day"], row)


def _amount(text: str, currency: str, row: int, source: str) -> Money:
    """One comma (or, from some banks, one point) before the decimals; nothing else."""
    column = source.find(text) + 5
    if text.count(",") + text.count(".") > 1:
        raise Unreadable(f"{text!r} is not an amount", where=f"line {row}, column {column}")
    try:
        return Money.of(text.replace(",", ".").rstrip(".") or "0", currency)
    except NotMoney as broken:
        raise Unreadable(str(broken), where=f"line {row}, column {column}") from broken


def _day(text: str, row: int) -> date:
    year = int(text[:2])
    try:
        return date(1900 + year if year >= 70 else 2000 + year, int(text[2:4]), int(text[4:6]))
    except ValueError as broken:
        # Value date 30 February is a custom of 30-day interest months: the month's last day.
        if text[2:4] == "02" and text[4:6] in ("29", "30"):
            return _day(text[:2] + "0301", row) - timedelta(days=1)
        raise Unreadable(f"{text!r} is not a date", where=f"line {row}") from broken


def _near(entry: str, value_on: date, row: int) -> date:
    """The entry date MMDD in the year that lies nearest to the value date."""
    month, day = int(entry[:2]), int(entry[2:])
    candidates = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue  # 29 February of another year.
    if not candidates:
        raise Unreadable(f"{entry!r} is not a month and day", where=f"line {row}")
    return min(candidates, key=lambda one: abs(one - value_on))
