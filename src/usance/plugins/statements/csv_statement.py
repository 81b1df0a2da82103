"""Banks' CSV files: a header that names the columns, a movement in each row.

No standard; columns are known by their names (`_csv_columns`) in seven languages. Lines before the
header may tell account and currency ("Valuta;SEK"). Amounts stand in one column with a sign, in
one with a word for the direction beside it, or in a debit and a credit column. What does not say
for certain which column, which decimal sign or which day is meant is refused with its place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from usance.domain.money import Money, NotMoney
from usance.domain.payment import BankLine, Reference, Statement
from usance.domain.reference import is_rf
from usance.plugins import Unreadable
from usance.plugins._table import Amounts, Cell, Days, decoded, header, rows

from ._csv_columns import VALUTA, bare, day_first, is_statement, is_unbooked, ours, places

HEADER_WITHIN = 20  # Lines.
_HEAD = 16_384
_IN = frozenset({"c", "cr", "crdt", "credit", "h", "haben", "k", "kredit", "in", "bij", "+"})
_OUT = frozenset({"d", "dr", "dbit", "debit", "s", "soll", "debet", "out", "af", "-"})
_MONEY = ("amount", "debit", "credit")
_BIC_BEHIND = re.compile(r"([A-Z]{2}\d{2}[A-Z0-9 ]+) [A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def sniff(data: bytes) -> bool:
    if data[:4] in (b"%PDF", b"PK\x03\x04") or data[:2048].lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"<":
        return False
    return header(_lines(decoded(data[:_HEAD])), is_statement) is not None


def read(data: bytes) -> list[Statement]:
    """A statement for each account and currency; rows in their order.

    :raises Unreadable: with row and column of what is not certain or cannot be read.
    """
    return read_told(data, account="", currency="")


def read_told(data: bytes, *, account: str, currency: str) -> list[Statement]:
    """The same. Account and currency hold for rows that name none; what the file says goes first.

    :raises Unreadable: with row and column of what is not certain or cannot be read.
    """
    text = decoded(data)
    found = header(_lines(text), is_statement)
    if found is None:
        raise Unreadable("no header with a date and an amount", where="row 1")
    at, separator, names = found
    table = _Table(text, separator, names, at)
    table.fill(account, currency)
    statements: dict[tuple[str, str], list[tuple[BankLine, str, str]]] = {}
    for own, line, balance, where in table.lines():
        key = (own, line.amount.currency)
        statements.setdefault(key, []).append((line, balance, where))
    return [table.statement(*key, told) for key, told in statements.items()]


def _lines(text: str) -> list[str]:
    return text[:_HEAD].splitlines(keepends=True)[:HEADER_WITHIN]


class _Table:
    """The rows, and how this file writes amounts and days."""

    def __init__(self, text: str, separator: str, names: Sequence[str], at: int) -> None:
        self.row = at + 1
        self.places = places(names, self.row)
        self.table = _without_totals(list(rows(text, separator, after=at)), self.places)
        self._settle_valuta()
        self.said = _preamble(_lines(text)[:at], separator)
        written = {bare(name)[1] for name in names} - {""}
        self.currency = written.pop() if len(written) == 1 else self.said.get("currency", "")
        self.width = len(names)
        self._check_width()
        dated = [cell for cell in self._cells("booked_on", "day", "value_on")
                 if not is_unbooked(cell[0])]  # fmt: skip
        self.days = Days(dated, day_first=day_first(names))
        self.latest = max((self.days.read(*cell) for cell in dated), default=None)
        self.amounts = Amounts(self._cells(*_MONEY, "balance"))

    def fill(self, account: str, currency: str) -> None:
        """What a person says of rows that name no account or no currency."""
        self.currency = self.currency or currency
        if account:
            self.said.setdefault("account", account)

    def _settle_valuta(self) -> None:
        if VALUTA not in self.places:
            return
        (column,) = self.places.pop(VALUTA)[:1]
        cells = [cells[column].strip() for _, cells in self.table if column < len(cells)]
        code = all(len(cell) == 3 and cell.isalpha() for cell in cells)
        word = "currency" if code else "value_on"
        if word in self.places:
            raise Unreadable(
                f"'Valuta' beside another {word.replace('_on', ' date')}",
                where=f"row {self.row}, column {column + 1}",
            )
        self.places[word] = [column]

    def _check_width(self) -> None:
        for row, cells in self.table:
            if any(cell.strip() for cell in cells[self.width :]):
                raise Unreadable(
                    f"{len(cells)} cells in {self.width} columns",
                    where=f"row {row}, column {self.width + 1}",
                )

    def _cells(self, *words: str) -> Iterator[Cell]:
        for row, cells in self.table:
            for word in words:
                for column in self.places.get(word, ()):
                    if column < len(cells) and cells[column].strip():
                        yield cells[column].strip(), f"row {row}, column {column + 1}"

    def lines(self) -> Iterator[tuple[str, BankLine, str, str]]:
        """Account, line, balance as written, and place of every row."""
        for row, cells in self.table:
            told = {
                word: [cells[column].strip() for column in columns if column < len(cells)]
                for word, columns in self.places.items()
            }
            own = _one(told, "account") or self.said.get("account", "")
            yield own, self._line(row, told, cells), _one(told, "balance"), f"row {row}"

    def _line(self, row: int, told: Mapping[str, list[str]], cells: Sequence[str]) -> BankLine:
        currency = (_one(told, "currency") or self.currency).upper()
        if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
            raise Unreadable(
                f"{currency!r} is no currency"
                if currency
                else "nothing says the currency: name the account",
                where=self._where(row, "currency"),
            )
        value = "" if is_unbooked(_one(told, "value_on")) else _one(told, "value_on")
        waits = (text for word in ("status", "booked_on", "day") for text in told.get(word, ()))
        pending = any(map(is_unbooked, waits))
        references = [Reference(scheme="scor", value=x) for x in told.get("checked", ()) if x]
        references += [
            Reference(scheme="scor" if is_rf(value) else "other", value=value)
            for value in told.get("reference", ()) if value
        ]  # fmt: skip
        # A reference that nobody checked is free text as well: "OCR 1004571".
        free = tuple(ref.value for ref in references if ref.scheme == "other")
        amount = self._money(row, told, currency)
        side = "payer" if amount.minor > 0 else "payee"
        other = _one(told, f"{side}_account")
        if other and not any(map(str.isdigit, other)):  # Nordea: a name, where it has no account.
            free, other = (*free, other), ""
        return BankLine(
            amount=amount,
            booked_on=self._day(row, told, pending=pending),
            value_on=self.days.read(value, self._where(row, "value_on")) if value else None,
            pending=pending,
            bank_reference=_one(told, "bank_reference"),
            end_to_end=_one(told, "end_to_end"),
            counterparty=_one(told, "counterparty") or _one(told, side),
            counterparty_account=_account(_one(told, "counterparty_account") or other),
            texts=(*free, *(text for text in told.get("text", ()) if text)),
            references=tuple(references),
            raw="\t".join(cells),
        )

    def _day(self, row: int, told: Mapping[str, list[str]], *, pending: bool) -> date:
        """A line that is not booked may have no day yet: it has the file's latest then."""
        for word in ("booked_on", "day"):
            text = _one(told, word)
            if text and not is_unbooked(text):
                return self.days.read(text, self._where(row, word))
        if pending and self.latest:
            return self.latest
        raise Unreadable("no date", where=self._where(row, "booked_on", "day"))

    def _money(self, row: int, told: Mapping[str, list[str]], currency: str) -> Money:
        filled = [word for word in _MONEY if _one(told, word)]
        if len(filled) == 2:  # Some banks write 0,00 in the other column.
            filled = [word for word in filled if self.amounts.read(_one(told, word))]
        if len(filled) != 1:
            says = "no amount" if not filled else "both a debit and a credit"
            raise Unreadable(says, where=self._where(row, *_MONEY))
        (word,) = filled
        amount = self.amounts.read(_one(told, word))
        where = self._where(row, word)
        if word == "debit":
            amount = -abs(amount)  # Some banks write the sign here too.
        elif word == "credit" and amount < 0:
            raise Unreadable("a negative credit", where=where)
        elif "sign" in told:
            amount = self._directed(amount, _one(told, "sign"), row)
        try:
            return Money.of(amount, currency)
        except NotMoney as broken:
            raise Unreadable(str(broken), where=where) from broken

    def _directed(self, amount: Decimal, word: str, row: int) -> Decimal:
        key = word.casefold()
        where = self._where(row, "sign")
        if key not in _IN | _OUT:
            raise Unreadable(f"{word[:40]!r} says neither debit nor credit", where=where)
        if amount < 0 and key in _IN:
            raise Unreadable(f"{word!r} beside a negative amount", where=where)
        return abs(amount) if key in _IN else -abs(amount)

    def _where(self, row: int, *words: str) -> str:
        column = next((self.places[word][0] for word in words if word in self.places), 0)
        return f"row {row}, column {column + 1}"

    def statement(
        self, account: str, currency: str, told: Sequence[tuple[BankLine, str, str]]
    ) -> Statement:
        """With opening and closing where every row has its balance.

        :raises Unreadable: where the balances follow the rows neither down nor up the file.
        """
        lines = tuple(line for line, _, _ in told)
        done = [each for each in told if not each[0].pending]  # What waits is in no balance.
        opening = closing = None
        if done and all(balance for _, balance, _ in done):
            booked = [line for line, _, _ in done]
            try:
                after = [Money.of(self.amounts.read(text), currency) for _, text, _ in done]
            except NotMoney as broken:
                raise Unreadable(str(broken), where=done[0][2]) from broken
            down, up = _breaks(booked, after), _breaks(booked[::-1], after[::-1])
            if down and up:
                raise Unreadable("the balance does not follow", where=done[min(down)][2])
            first, last = (0, -1) if not down else (-1, 0)
            opening, closing = after[first] - booked[first].amount, after[last]
        days = [line.booked_on for line in lines]
        return Statement(
            account=account.replace(" ", ""), currency=currency, opening=opening, closing=closing,
            opened_on=min(days), closed_on=max(days), lines=lines,
        )  # fmt: skip


def _without_totals(
    table: list[tuple[int, list[str]]], places: Mapping[str, list[int]]
) -> list[tuple[int, list[str]]]:
    """Without rows at the end such as "Totalt beløp ut av konto:;;-123,45 NOK", which move nothing.

    They have a label with a colon, and nothing where amounts and currencies stand.
    """
    moved = [column for word in (*_MONEY, "currency") for column in places.get(word, ())]
    while table:
        cells = table[-1][1]
        if not cells[0].strip().endswith(":") or any(
            cells[column].strip() for column in moved if column < len(cells)
        ):
            break
        table.pop()
    return table


def _breaks(lines: Sequence[BankLine], after: Sequence[Money]) -> list[int]:
    """Rows whose balance is not that of the row before and their amount."""
    return [at for at in range(1, len(lines)) if after[at - 1] + lines[at].amount != after[at]]


def _account(text: str) -> str:
    """Without the BIC that some banks write behind it, and without blanks."""
    found = _BIC_BEHIND.fullmatch(text)
    return (found[1] if found else text).replace(" ", "")


def _one(told: Mapping[str, list[str]], word: str) -> str:
    return next(iter(told.get(word, ())), "")


def _preamble(lines: Sequence[str], separator: str) -> dict[str, str]:
    """Account and currency from lines such as "Konto;SE45…" or "Valuta: SEK"."""
    said: dict[str, str] = {}
    for line in lines:
        cells = [cell.strip(" \"'\r\n") for cell in line.split(separator)]
        name, _, value = (cell.strip() for cell in cells[0].partition(":"))
        value = value or next((cell for cell in cells[1:] if cell), "")
        word = "currency" if ours(name) == VALUTA else ours(name)
        if word in ("account", "currency") and value:
            said.setdefault(word, value)
    return said
