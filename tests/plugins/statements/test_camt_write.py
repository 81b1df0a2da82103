"""What we write as camt.053 is valid, and says the same when it is read back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.plugins.packs import pack
from usance.domain.money import Money, total
from usance.domain.payment import BankLine, Reference, Statement
from usance.plugins.statements import camt
from usance.plugins.statements._camt_write import write_camt053

MADE_AT = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
DAY = date(2026, 3, 31)
WORD = st.text("ABCdefåäö0123456789-/.&<", min_size=1, max_size=30)
WORDS = st.builds(" ".join, st.lists(WORD, min_size=1, max_size=4)).map(str.strip)
CODE = st.sampled_from(["PMNT/RCDT/ESCT", "544", ""])


@st.composite
def references(draw: st.DrawFn) -> Reference:
    scheme = draw(st.sampled_from(["scor", "invoice", "credit_note", "other"]))
    minor = draw(st.none() | st.integers(1, 10**9))
    signed = -minor if minor and scheme == "credit_note" else minor
    amount = None if signed is None else Money(signed, "EUR")
    return Reference(scheme=scheme, value=draw(WORD), amount=amount)


@st.composite
def entries(draw: st.DrawFn, number: int) -> list[BankLine]:
    """One entry: a single line, or a batch whose lines share its reference."""
    batch = draw(st.integers(1, 4))
    reference = f"E{number}" if batch > 1 else draw(st.sampled_from(["", f"E{number}"]))
    shared = {
        "booked_on": DAY - timedelta(days=draw(st.integers(0, 3))),
        "value_on": draw(st.none() | st.just(DAY)),
        "pending": draw(st.booleans()), "reversal": draw(st.booleans()),
        "entry_reference": reference,
    }  # fmt: skip
    found = []
    for at in range(1, batch + 1):
        own = f"{reference}/{at}" if draw(st.booleans()) else f"T{number}-{at}"
        sign = draw(st.sampled_from([1, 1, -1]))
        found.append(BankLine(
            amount=Money(sign * draw(st.integers(1, 10**11)), "EUR"),
            bank_reference=reference if batch == 1 else own,
            end_to_end=draw(st.just("") | WORD), counterparty=draw(st.just("") | WORD),
            counterparty_account=draw(st.sampled_from(["", "DE89370400440532013000", "5050-1055"])),
            texts=tuple(draw(st.lists(WORDS, max_size=3))),
            references=tuple(draw(st.lists(references(), max_size=2))),
            charges=draw(st.none() | st.integers(-500, 500).map(lambda n: Money(n, "EUR"))),
            return_reason=draw(st.sampled_from(["", "AC04", "MD07", "unstated"])),
            code=draw(CODE), **shared,
        ))  # fmt: skip
    # A detail without a code of its own carries its entry's.
    return [replace(line, code=line.code or found[0].code) for line in found]


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    lines = [line for n in range(draw(st.integers(0, 4))) for line in draw(entries(n))]
    opening = Money(draw(st.integers(-(10**9), 10**9)), "EUR")
    booked = total((x.amount for x in lines if not x.pending), "EUR")
    return Statement(
        account=draw(st.sampled_from(["SE4550000000058398257466", "9912346"])), currency="EUR",
        reference="2026-03-31/1", sequence=str(draw(st.integers(1, 999))),
        opening=opening, closing=opening + booked, opened_on=DAY, closed_on=DAY,
        lines=tuple(lines),
    )  # fmt: skip


def _without_raw(statement: Statement) -> Statement:
    return replace(statement, lines=tuple(replace(line, raw="") for line in statement.lines))


@given(statements())
@settings(max_examples=60, deadline=None)
def test_what_we_write_is_read_back_the_same(statement: Statement) -> None:
    data = write_camt053(statement, MADE_AT)

    assert camt.sniff(data)
    assert [_without_raw(one) for one in camt.read(data)] == [statement]


def test_what_we_write_is_valid() -> None:
    schema = etree.XMLSchema(etree.parse(
        pack("payments") / "genkgo-camt__assets__camt.053.001.08.xsd"
    ))  # fmt: skip

    @given(statements())
    @settings(max_examples=20, deadline=None)
    def valid(statement: Statement) -> None:
        schema.assertValid(etree.fromstring(write_camt053(statement, MADE_AT)))

    valid()
