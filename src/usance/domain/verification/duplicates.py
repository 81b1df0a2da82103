"""Was this invoice sold before, under whatever number, date or name? Pairs of claims are compared,
and what agrees is the evidence. Who is compared with whom: queries.duplicates."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

from ..finding import Finding, Other, Severity
from ..invoice.excerpt import Readable
from ..party import identifier_key
from ..party.identity import identities, stated
from ..party.names import taken_apart

WINDOW_DAYS = 120  # Between two issue dates. Older claims are compared by number and file alone.
REDATED_DAYS = 20  # Less than a month: what returns each month is a custom, no second sale.
CUSTOM = 3  # Days on which the same lines and amount were bought that make a custom.
SHORTEST_STEM = 3
LONGEST_NUMBER = 80
_FRAGMENT = re.compile(r"\d+")
# Letters among digits that are read, or meant to be read, as digits.
_LOOKS = re.compile(r"(?<=\d)[oOl]+(?=\d|\b)")
_DIGITS = str.maketrans("oOl", "001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What is compared of one invoice."""

    invoice: UUID
    client: UUID
    debtor: UUID | None
    seller: str
    written: str  # The number as it stands on the paper.
    number: str  # domain.intake.normalised
    stem: str
    issued_on: date
    face_minor: int
    currency: str
    lines: str  # Empty: no lines to compare.
    file: str
    figures: str = ""  # Empty: no line of goods has an amount.
    orders: tuple[str, ...] = ()  # As orders_of has them.
    bought: bool = False
    credited: bool = False  # A credit note takes most of it back.


def stem_of(number: str) -> str:
    """The digits that tell invoices of one seller apart: without a year before them, letters
    around them, leading zeros. Empty if fewer than SHORTEST_STEM are left.

    >>> stem_of("R-2026-01001-A") == stem_of("1001 kopia") == stem_of("R-1OOl")
    True
    """
    plain = unicodedata.normalize("NFKC", number)
    groups = _FRAGMENT.findall(_LOOKS.sub(lambda one: one[0].translate(_DIGITS), plain))
    if len(groups) > 1 and re.fullmatch(r"(19|20)\d\d", groups[0]):
        groups = groups[1:]
    if len(groups) > 1 and len(groups[-1]) == 1:  # A revision: 1001-2.
        groups = groups[:-1]
    stem = "".join(groups).lstrip("0")
    return stem[:LONGEST_NUMBER] if len(stem) >= SHORTEST_STEM else ""


def series_of(number: str) -> tuple[str, int | None]:
    """The series that a number stands in, and its place; None if it does not end in digits.

    >>> series_of("NS-2026-01234")
    ('ns2026', 1234)
    """
    found = re.search(r"(\d{1,12})\D*$", number)
    if found is None:
        return "", None
    before = "".join(ch for ch in number[: found.start()].casefold() if ch.isalnum())
    return before[:LONGEST_NUMBER], int(found[1])


def seller_key(paper: Readable) -> str:
    """Who issued it, by number if the paper states one."""
    numbers = sorted(identities(paper.seller) if stated(paper.seller) else ())
    vat = [one for one in numbers if one.startswith("vat:")]
    return (vat or numbers or [f"name:{taken_apart(paper.seller.name).key}"])[0][:80]


def lines_key(paper: Readable) -> str:
    """Equal for the same goods in the same quantities at the same prices, in whatever order."""
    lines = sorted(
        (
            "".join(taken_apart(line.name or line.description).words),
            str((line.quantity or Decimal(0)).normalize()),
            str((line.net or Decimal(0)).normalize()),
        )
        for line in paper.lines
        if line.name or line.description
    )
    return sha256(repr(lines).encode()).hexdigest() if lines else ""


def figures_key(paper: Readable) -> str:
    """Equal for the same quantities at the same amounts, in whatever words and order. A line that
    names no goods is the sum of a row in a table: it tells no more than the amount does."""
    figures = sorted(
        (str((line.quantity or Decimal(0)).normalize()), str(line.net.normalize()))
        for line in paper.lines
        if line.net is not None and (line.name or line.description)
    )
    return sha256(repr(figures).encode()).hexdigest() if figures else ""


def orders_of(paper: Readable) -> tuple[str, ...]:
    """What the paper names of an order, a receipt of the goods and a delivery note, each as
    "BT-13:4711": by these two deliveries of the same goods on one day are told apart."""
    named = (("BT-13", paper.order), ("BT-15", paper.receipt), ("BT-16", paper.despatch))
    return tuple(f"{term}:{key[:80]}" for term, said in named if (key := identifier_key(said)))


def told_apart(mine: Claimed, other: Claimed) -> bool:
    """Whether both name an order, or both a delivery note, and not the same."""
    said = dict(one.split(":", 1) for one in mine.orders)
    theirs = dict(one.split(":", 1) for one in other.orders)
    return any(said[term] != theirs[term] for term in said.keys() & theirs.keys())


Field = Callable[[Claimed, Claimed], bool]
FIELDS: dict[str, Field] = {
    "file": lambda a, b: a.file == b.file,
    "client": lambda a, b: a.client == b.client,
    "seller": lambda a, b: a.seller == b.seller,
    "debtor": lambda a, b: a.debtor is not None and a.debtor == b.debtor,
    "number": lambda a, b: a.number == b.number,
    "digits of the number": lambda a, b: bool(a.stem) and a.stem == b.stem,
    "issue date": lambda a, b: a.issued_on == b.issued_on,
    "amount": lambda a, b: (a.face_minor, a.currency) == (b.face_minor, b.currency),
    "lines": lambda a, b: bool(a.lines) and a.lines == b.lines,
    "quantities and amounts of lines": lambda a, b: bool(a.figures) and a.figures == b.figures,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """How two claims resemble each other: every field in `needs` agrees, none in `differs` does."""

    code: str
    needs: frozenset[str]
    differs: frozenset[str]
    says: str
    todo: str
    severity: Severity = Severity.FATAL
    within_days: int = WINDOW_DAYS
    of_credited: bool = False  # Only if the other was credited.
    of_one_delivery: bool = False  # Only if the papers do not name two orders or deliveries.


def _kin(code: str, needs: str, differs: str, says: str, todo: str, **more: object) -> Kin:
    def parted(names: str) -> frozenset[str]:
        return frozenset(filter(None, names.split(", ")))

    return Kin(
        code=code, needs=parted(needs), differs=parted(differs), says=says, todo=todo,
        **more,  # type: ignore[arg-type]  # the fields of Kin by name
    )  # fmt: skip


ASK_BOTH = "Ask both clients and the debtor who may claim it."
COMPARE = "Lay the two side by side; ask the client, or the debtor, whether both are owed."
EVER = 36_500
# The first that fits speaks for the pair: what proves most stands first.
KINDS: tuple[Kin, ...] = (
    _kin("same_file_from_another_client", "file, number", "client",
         "Another client handed in the same file", "Reject it: it was sold before.",
         within_days=EVER),
    _kin("double_financed", "seller, debtor, number, issue date, amount", "client",
         "Another client sold us this very invoice", "Reject it: it was sold before.",
         within_days=EVER),
    _kin("sold_by_another_client", "seller, number", "client",
         "Another client sold us an invoice of this seller and number", ASK_BOTH,
         within_days=EVER),
    _kin("sold_by_another_client", "debtor, digits of the number, amount", "client",
         "Another client sold us the same number and amount on this debtor", ASK_BOTH),
    _kin("sold_by_another_client", "debtor, lines, amount", "client",
         "Another client sold us the same goods to this debtor", ASK_BOTH),
    _kin("credited_and_rebilled", "client, debtor, amount", "number",
         "It takes the place of an invoice that was credited", COMPARE, of_credited=True),
    _kin("credited_and_rebilled", "client, debtor, lines", "number",
         "It takes the place of an invoice that was credited", COMPARE, of_credited=True),
    _kin("number_spelt_otherwise", "client, debtor, digits of the number, amount", "number",
         "The same number spelt otherwise, and the same amount", COMPARE),
    _kin("renumbered", "client, debtor, issue date, lines, amount", "number",
         "The same goods on the same day under another number", COMPARE, of_one_delivery=True),
    _kin("reworded",
         "client, debtor, issue date, quantities and amounts of lines, amount", "number",
         "The same quantities and amounts on the same day, in other words under another number",
         COMPARE, of_one_delivery=True),
    _kin("redated", "client, debtor, lines, amount", "number, issue date",
         "The same goods a few days apart under another number", COMPARE,
         within_days=REDATED_DAYS),
    _kin("same_claim_elsewhere", "debtor, issue date, amount", "client",
         "Another client claims the same amount of this debtor, of the same day", ASK_BOTH,
         severity=Severity.WARNING),
)  # fmt: skip
HARD = frozenset({"same_file_from_another_client", "double_financed"})


def compare(mine: Claimed, others: Sequence[Claimed]) -> Iterator[Finding]:
    """What of the others this may be once more: a finding for each way, with all that show it.

    Of two that came one after the other the later one is doubted, unless it is bought already; of
    a hard duplicate both are.
    """
    found: dict[tuple[str, Severity, str], list[Other]] = {}
    kin_of: dict[str, Kin] = {}
    custom = {"redated": _custom(mine, others), "reworded": _custom_of_days(mine, others)}
    for other in others:
        kin = _kin_of(mine, other)
        if kin is None or not (kin.code in HARD or other.bought or other.invoice < mine.invoice):
            continue
        severity = kin.severity
        if custom.get(kin.code):
            severity = Severity.WARNING
        agrees = tuple(name for name, same in FIELDS.items() if same(mine, other))
        key = (kin.code, severity, kin.says)
        found.setdefault(key, []).append(
            Other(invoice=str(other.invoice), number=other.written, agrees=agrees)
        )
        kin_of[kin.code] = kin
    for (code, severity, says), pairs in found.items():
        usual = ""
        if severity is Severity.WARNING and custom.get(code):
            usual = f" It is the custom: {custom[code]} others like it were bought."
        named = ", ".join(pair.number for pair in pairs[:5])
        yield Finding(
            code=code, says=f"{says}: {named}.{usual}", where="BT-1", severity=severity,
            todo=kin_of[code].todo, others=tuple(pairs[:5]),
        )  # fmt: skip


def _custom(mine: Claimed, others: Sequence[Claimed]) -> int:
    """How many like it were bought, if it comes in their rhythm: on CUSTOM days or more, and not
    much closer to one of them, or to one that waits, than they are to each other. Else 0: copies
    that are held make no custom, and nobody re-dates by a day what he sends each week."""
    alike = [one for one in others if _agree(mine, one, {"client", "debtor", "lines", "amount"})]
    days = sorted({one.issued_on for one in alike if one.bought})
    if len(days) < CUSTOM:
        return 0
    usual = min((later - earlier).days for earlier, later in pairwise(days))
    nearest = min(abs((mine.issued_on - one.issued_on).days) for one in alike)
    return sum(one.bought for one in alike) if nearest * 2 >= usual else 0


def _custom_of_days(mine: Claimed, others: Sequence[Claimed]) -> int:
    """How many like it were bought, if on CUSTOM days or more two of one day were: whose work is
    priced alike sends several a day. Else 0."""
    needs = {"client", "debtor", "amount", "quantities and amounts of lines"}
    bought = [one.issued_on for one in others if one.bought and _agree(mine, one, needs)]
    days = [day for day, many in Counter(bought).items() if many > 1 and day != mine.issued_on]
    return len(bought) if len(days) >= CUSTOM else 0


def _kin_of(mine: Claimed, other: Claimed) -> Kin | None:
    apart = abs((mine.issued_on - other.issued_on).days)
    for kin in KINDS:
        if (
            apart <= kin.within_days
            and (other.credited or not kin.of_credited)
            and not (kin.of_one_delivery and told_apart(mine, other))
            and _agree(mine, other, kin.needs)
            and not any(FIELDS[name](mine, other) for name in kin.differs)
        ):
            return kin
    return None


def _agree(mine: Claimed, other: Claimed, names: frozenset[str] | set[str]) -> bool:
    return all(FIELDS[name](mine, other) for name in names)
