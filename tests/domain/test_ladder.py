"""Which channels are tried, in which order, and what is said of those that are not."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from usance import law
from usance.domain.distribution import (
    ACCOMPANIES,
    RUNGS,
    BadLadder,
    Capability,
    Duty,
    Enough,
    Facts,
    Kind,
    Known,
    Paper,
    Reach,
    Setting,
    Settings,
    Sort,
    checked,
    default,
    ladder,
    owed,
    reasons,
)
from usance.domain.money import Money

ALL = Reach(
    einvoice="0007:1", mailbox="1", email="a@b.example", postal=True, phone="+46701", push="sub"
)
ASKED = datetime(2026, 3, 2, tzinfo=UTC)
BELGIUM = next(duty for duty in law.e_invoicing() if duty.country == "BE")
E, M, L, P = Kind.EMAIL, Kind.MAILBOX, Kind.LETTER, Kind.EINVOICE


def facts(reach: Reach = ALL, **more: object) -> Facts:
    return Facts(**({"reach": reach, "settings": default()} | more))  # type: ignore[arg-type] # A table's rows.


def known(receives: bool | None, *documents: str) -> Known:
    return Known(
        Capability(identifier="0007:1", receives=receives, documents=frozenset(documents)), ASKED
    )


def setting(kind: Kind, **more: object) -> Setting:
    given: dict[str, object] = {"kind": kind, "hours": 24, "enough": Enough.ACCEPTED}
    return Setting(**(given | more))  # type: ignore[arg-type] # A table's rows.


INVOICES = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931"
NOTES = (
    "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2::CreditNote"
    "##urn:cen.eu"
)

CASES: list[tuple[str, Facts, list[Kind], dict[Kind, str]]] = [
    ("nobody", facts(Reach()), [], dict.fromkeys(RUNGS, "no_address")),
    ("a letter reaches every address", facts(Reach(postal=True)), [L], {P: "no_address"}),
    ("all ways, the letter last", facts(), [P, M, E, L], {}),
    ("the wish goes first", facts(replace(ALL, wish="letter")), [L, P, M, E], {}),
    ("a wish that nobody can keep", facts(Reach(email="a@b.example", wish="mailbox")), [E],
     {M: "no_address"}),
    ("the directory says yes", facts(capabilities={P: known(True)}), [P, M, E, L], {}),
    ("the directory says no", facts(capabilities={P: known(False)}), [M, E, L],
     {P: "cannot_receive"}),
    ("the directory was away", facts(capabilities={P: known(None)}), [P, M, E, L], {}),
    ("it takes invoices", facts(capabilities={P: known(True, INVOICES)}), [P, M, E, L], {}),
    ("it takes credit notes alone", facts(capabilities={P: known(True, NOTES)}), [M, E, L],
     {P: "cannot_receive"}),
    ("a credit note for one who takes them",
     facts(capabilities={P: known(True, NOTES)}, is_credit_note=True), [P, M, E, L], {}),
    ("documents in words of another kind", facts(capabilities={P: known(True, "bg-efaktura")}),
     [P, M, E, L], {}),
    ("mail bounced", facts(suppressed={E: "Mail to it bounced for good."}), [P, M, L],
     {E: "suppressed"}),
    ("nobody carries mailboxes", facts(carried=frozenset({P, E, L})), [P, E, L],
     {M: "nobody_carries"}),
    ("tried already", facts(tried={P: "rejected", M: ""}), [E, L], {P: "tried", M: "tried"}),
    ("no reminder by the network", facts(paper=Paper.REMINDER), [M, E, L], {P: "no_invoice"}),
    ("the network is the law", facts(duty=BELGIUM), [P],
     dict.fromkeys((M, E, L), "duty_not_fulfilled")),
    ("the law before the wish", facts(replace(ALL, wish="email"), duty=BELGIUM), [P],
     {E: "duty_not_fulfilled"}),
    ("the law, and no way to keep it", facts(replace(ALL, einvoice=""), duty=BELGIUM), [],
     {P: "no_address", L: "duty_not_fulfilled"}),
    ("a reminder is no invoice before the law", facts(paper=Paper.REMINDER, duty=BELGIUM),
     [M, E, L], {P: "no_invoice"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("found", "kinds", "left_out"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_ladder_and_what_is_left_out(
    found: Facts, kinds: list[Kind], left_out: dict[Kind, str]
) -> None:
    result = ladder(found)
    assert [rung.kind for rung in result.rungs] == kinds
    said = {no.kind: no.code for no in result.left_out}
    assert said | left_out == said
    assert {*kinds, *said} == set(RUNGS), "every channel is on it or has its reason"
    assert all(one.because.endswith((".", "rejected", "success")) for one in result.left_out)
    assert all(rung.because.endswith(".") for rung in result.rungs)


def test_the_reasons_name_what_they_rest_on() -> None:
    yes = ladder(facts(capabilities={P: known(True)})).rungs[0]
    assert yes.because == "The directory says that it receives this; asked 2026-03-02."
    away = ladder(facts(capabilities={P: known(None)})).rungs[0]
    assert away.because.endswith("The directory could not be asked.")
    by_law = ladder(facts(duty=BELGIUM))
    assert "since 2026-01-01" in by_law.rungs[0].because
    mail = next(no for no in by_law.left_out if no.kind is E)
    assert "does not fulfil the duty (law of 6 February 2024" in mail.because


def test_a_factor_orders_switches_off_and_accompanies() -> None:
    own = Settings(
        whose="client Acme",
        rungs=(
            setting(E, hours=12, beside=(Kind.SMS, Kind.PUSH)),
            setting(P, enabled=False),
            setting(L, hours=200),
        ),
    )
    result = ladder(facts(settings=own))
    assert [(rung.kind, rung.hours, rung.beside) for rung in result.rungs] == [
        (E, 12, ACCOMPANIES), (L, 200, ()),
    ]  # fmt: skip
    assert {no.kind: no.because for no in result.left_out} == {
        P: "The ladder of client Acme does not use it.",
        M: "The ladder of client Acme does not use it.",
    }


@pytest.mark.parametrize(
    ("reach", "carried", "suppressed", "beside"),
    [
        (ALL, frozenset(Kind), {}, ACCOMPANIES),
        (replace(ALL, phone=""), frozenset(Kind), {}, (Kind.PUSH,)),
        (ALL, frozenset(Kind) - {Kind.PUSH}, {}, (Kind.SMS,)),
        (ALL, frozenset(Kind), {Kind.SMS: "The number takes no messages."}, (Kind.PUSH,)),
    ],
)
def test_a_message_that_cannot_go_leaves_the_rung_as_it_is(
    reach: Reach, carried: frozenset[Kind], suppressed: dict[Kind, str], beside: tuple[Kind, ...]
) -> None:
    own = Settings(whose="the factor", rungs=(setting(E, beside=ACCOMPANIES),))
    (rung,) = ladder(facts(reach, settings=own, carried=carried, suppressed=suppressed)).rungs
    assert (rung.kind, rung.beside) == (E, beside)


def test_the_cheapest_first_and_what_has_no_price_behind_it() -> None:
    own = Settings(
        whose="the factor",
        cheapest_first=True,
        rungs=(
            setting(P, cost=Money.of("0.20", "EUR")),
            setting(M),
            setting(E, cost=Money.of("0.01", "EUR")),
            setting(L, cost=Money.of("1.10", "EUR")),
        ),
    )
    assert [rung.kind for rung in ladder(facts(settings=own)).rungs] == [E, P, L, M]
    wished = ladder(facts(replace(ALL, wish="letter"), settings=own))
    assert [rung.kind for rung in wished.rungs] == [L, E, P, M]
    assert wished.rungs[1].because.endswith("A piece costs 0.01 EUR.")


@pytest.mark.parametrize(
    "rungs",
    [
        (),
        (setting(E, enabled=False),),
        (setting(E), setting(E)),
        (setting(Kind.SMS),),
        (setting(E, hours=0),),
        (setting(E, hours=1441),),
        (setting(E, beside=(L,)),),
        (setting(E, cost=Money(-1, "EUR")),),
    ],
)
def test_what_is_no_ladder_is_refused(rungs: tuple[Setting, ...]) -> None:
    with pytest.raises(BadLadder):
        checked(Settings(whose="the factor", rungs=rungs))


def test_the_ladder_that_nobody_set_up_is_one() -> None:
    assert checked(default()).rungs[-1].kind is L


@pytest.mark.parametrize(
    ("seller", "buyer", "sort", "on", "holds"),
    [
        ("BE", "BE", Sort.BUSINESS, date(2026, 1, 1), True),
        ("BE", "BE", Sort.BUSINESS, date(2025, 12, 31), False),
        ("SE", "BE", Sort.BUSINESS, date(2026, 1, 1), False),  # Across the border.
        ("BE", "SE", Sort.BUSINESS, date(2026, 1, 1), False),
        ("BE", "BE", Sort.CONSUMER, date(2026, 1, 1), False),
        ("PL", "PL", Sort.BUSINESS, date(2026, 3, 31), False),
        ("PL", "PL", Sort.PUBLIC, date(2026, 4, 1), True),
        ("IT", "IT", Sort.BUSINESS, date(2019, 1, 1), True),
        ("SE", "SE", Sort.BUSINESS, date(2026, 5, 1), False),
        ("SE", "SE", Sort.PUBLIC, date(2026, 5, 1), True),
        ("DE", "DE", Sort.BUSINESS, date(2026, 5, 1), False),  # The way of sending is free.
        ("DE", "DE", Sort.PUBLIC, date(2020, 11, 27), True),
        ("RO", "RO", Sort.BUSINESS, date(2024, 6, 30), False),
        ("RO", "RO", Sort.PUBLIC, date(2026, 5, 1), True),
        ("NO", "NO", Sort.BUSINESS, date(2026, 5, 1), False),  # Nothing is known: no duty.
        ("NO", "NO", Sort.PUBLIC, date(2026, 5, 1), True),
        ("DK", "DK", Sort.PUBLIC, date(2026, 5, 1), True),
        ("FR", "FR", Sort.PUBLIC, date(2020, 1, 1), True),
        ("FR", "FR", Sort.BUSINESS, date(2026, 9, 1), False),  # The smaller sellers: 2027.
        ("FI", "FI", Sort.PUBLIC, date(2026, 5, 1), False),  # A buyer may ask for them.
    ],
)
def test_a_duty_holds_within_a_country_from_its_day(
    seller: str, buyer: str, sort: Sort, on: date, holds: bool
) -> None:
    found = owed(law.e_invoicing(), seller=seller, buyer=buyer, sort=sort, issued_on=on)
    assert (found is not None) == holds


def test_every_duty_names_its_source() -> None:
    for duty in law.e_invoicing():
        assert isinstance(duty, Duty)
        assert all((duty.source, duty.network, duty.to, len(duty.country) == 2))


def test_the_reasons_of_every_duty_are_kept_whole_and_read_back() -> None:
    """A delivery keeps 200 letters; what is cut off is said in no language."""
    cost = Money.of("9999.99", "EUR")
    priced = Settings(whose="x", rungs=(setting(P, cost=cost),), cheapest_first=True)
    for duty in law.e_invoicing():
        for asked in (True, None):
            found = facts(duty=duty, capabilities={P: known(asked)}, settings=priced)
            says = ladder(found).rungs[0].because
            assert len(says) <= 200, says
            codes = [code for code, _ in reasons(says)]
            assert codes[-2:] == ["duty", "cost"], says
            assert "" not in codes, says
