"""TITO: Finnish machine-readable account statements (konekielinen tiliote).

Source: Finance Finland, Konekielinen tiliote, records T00 (statement), T10 (entry), T11 (further
data), T40 and T50 (balance, totals). An entry at a deeper level explains the one above it.
"""

from collections.abc import Iterator
from dataclasses import replace

from usance.domain.money import Money
from usance.domain.payment import BankLine, Reference, Statement

from ._fixed import day, nordic_rows, refuse, split, whole

TYPES = "1234"  # Deposit, withdrawal, and their corrections. The sign says which way money went.
CORRECTIONS = ("3", "4")
REFUSED = "9"  # Was not carried out: nothing was booked.
TEXTS = ("00", "06", "07")  # The payer's, the client's and the bank's words.
INVOICE, CORRECTED, REASON, NAME, SEPA = "02", "04", "08", "09", "11"


def sniff(data: bytes) -> bool:
    head = data.removeprefix(b"\xef\xbb\xbf")[:9]
    return head[:3] == b"T00" and head[3:].isdigit()


def read(data: bytes) -> list[Statement]:
    """A statement for each T00.

    :raises Unreadable: for unknown records and broken numbers.
    """
    return list(_statements(data))


def _statements(data: bytes) -> Iterator[Statement]:
    head, entries, closing = (0, ""), list[list[tuple[int, str]]](), (0, "")
    for row, line in nordic_rows(data):
        kind = line[:3]
        if kind == "T00":
            if head[0]:
                yield _statement(head, entries, closing)
            head, entries, closing = (row, line), [], (0, "")
        elif not head[0] or kind[:1] not in ("T", "S", "L") or not kind[1:].isdigit():
            raise refuse(row, f"record {kind!r} is not expected here")
        elif kind in ("T10", "T80"):
            entries.append([(row, line.ljust(188))])
        elif kind in ("T11", "T81") and entries:
            entries[-1].append((row, line))
        elif kind == "T40":
            closing = (row, line)  # Of each day; the last one closes the statement.
    if head[0]:
        yield _statement(head, entries, closing)


def _statement(
    head: tuple[int, str], entries: list[list[tuple[int, str]]], closing: tuple[int, str]
) -> Statement:
    row, first = head
    currency = first[96:99].strip() or "EUR"
    iban = first[292:322].strip().split(" ")[0]
    lines: list[BankLine] = []
    for parent, parts in _levels(entries):
        entry = _line(parent, currency)
        found = [_part(_line(part, currency), entry, at) for at, part in enumerate(parts, 1)]
        lines.extend(split(entry, found))
    return Statement(
        account=iban if iban[:2].isalpha() and len(iban) >= 15 else first[9:23].strip(),
        currency=currency,
        sequence=first[23:26].strip().lstrip("0"),
        opening=_signed(row, first, 71, currency),
        closing=_signed(closing[0], closing[1], 12, currency) if closing[0] else None,
        opened_on=day(row, first, 26, "ymd"),
        closed_on=day(row, first, 32, "ymd"),
        lines=tuple(lines),
    )


def _part(line: BankLine, parent: BankLine, at: int) -> BankLine:
    """A part has neither archive number nor day of its own: those of its entry hold."""
    own = line.bank_reference or (parent.bank_reference and f"{parent.bank_reference}/{at}")
    return replace(
        line, bank_reference=own, entry_reference=parent.entry_reference or line.entry_reference,
        value_on=line.value_on or parent.value_on,
    )  # fmt: skip


_Entry = list[tuple[int, str]]


def _levels(entries: list[_Entry]) -> Iterator[tuple[_Entry, list[_Entry]]]:
    """Each entry of the top level with the entries of the next level below it."""
    group: list[_Entry] = []
    for entry in entries:
        if group and entry[0][1][187] in " 0":
            yield group[0], _next_level(group)
            group = []
        group.append(entry)
    if group:
        yield group[0], _next_level(group)


def _next_level(group: list[_Entry]) -> list[_Entry]:
    deeper = group[1:]
    top = min((entry[0][1][187] for entry in deeper), default="")
    return [entry for entry in deeper if entry[0][1][187] == top]


def _signed(row: int, line: str, sign: int, currency: str) -> Money:
    """A sign and 18 digits, two of them decimals."""
    if line[sign : sign + 1] not in ("+", "-", " "):
        raise refuse(row, f"{line[sign : sign + 1]!r} is no sign", column=sign + 1)
    amount = Money(whole(row, line, sign + 1, sign + 19), currency)
    return -amount if line[sign] == "-" else amount


def _line(records: _Entry, currency: str) -> BankLine:
    row, first = records[0]
    kind = first[48]
    if kind not in TYPES + REFUSED:
        raise refuse(row, f"{kind!r} is no type of entry", column=49)
    reference = first[159:179].strip().lstrip("0")
    archive = first[12:30].strip()
    return _further(BankLine(
        amount=_signed(row, first, 87, currency),
        booked_on=day(row, first, 30, "ymd"),
        value_on=day(row, first, 36, "ymd") if first[36:42].strip("0 ") else None,
        pending=kind == REFUSED,
        reversal=kind in CORRECTIONS,
        bank_reference=archive,
        entry_reference=archive,
        counterparty=first[108:143].strip(),
        counterparty_account=first[144:158].strip(),
        texts=tuple(x for x in (first[52:87].strip(),) if x),
        references=(Reference(scheme="scor", value=reference),) if reference else (),
        code=first[49:52],
        raw="\n".join(line.rstrip() for _, line in records),
    ), records[1:])  # fmt: skip


def _further(line: BankLine, records: _Entry) -> BankLine:
    """What the T11 records add: words, the invoice, the full name, and the SEPA data."""
    texts: list[str] = []
    for _, record in records:
        kind, text = record[6:8], record[8:]
        if kind in TEXTS:
            texts += [
                part for at in range(0, len(text), 35) if (part := text[at : at + 35].strip())
            ]
        elif kind == INVOICE and text[11:26].strip():
            found = Reference(scheme="invoice", value=text[11:26].strip())
            line = replace(line, references=(*line.references, found))
        elif kind == CORRECTED and text[:18].strip():  # The archive number of what was wrong.
            found = Reference(scheme="other", value=text[:18].strip())
            line = replace(line, references=(*line.references, found))
        elif kind == REASON:
            line = replace(line, return_reason=text[:3].strip())
        elif kind == NAME:
            said = text[:35].strip()
            if line.counterparty and said:  # What stands behind the name: a part of it, a street.
                texts.append(said)
            line = replace(line, counterparty=line.counterparty or said)
        elif kind == SEPA:
            line = _sepa(line, text)
    return replace(line, texts=(*texts, *line.texts))


def _sepa(line: BankLine, text: str) -> BankLine:
    reference, account = text[:35].strip(), text[35:70].strip()
    incoming = line.amount.minor >= 0
    name = (text[175:245] if incoming else text[105:175]).strip()
    end_to_end = text[245:280].strip()
    known = tuple(Reference(scheme="scor", value=value) for value in (reference,) if value)
    return replace(
        line,
        references=_replaced(line.references, known),
        counterparty=name or line.counterparty,
        counterparty_account=account or line.counterparty_account,
        end_to_end="" if end_to_end.upper() == "NOTPROVIDED" else end_to_end,
    )


def _replaced(told: tuple[Reference, ...], known: tuple[Reference, ...]) -> tuple[Reference, ...]:
    """The reference of the SEPA data in the place of the older one; what is no creditor's stays."""
    if not known:
        return told
    return (*known, *(ref for ref in told if ref.scheme == "other"))
