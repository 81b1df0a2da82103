"""Funding respects what is available: beyond it a purchase is held; an over-advance takes two."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests import world
from tests.belt import drain, receive
from usance import models
from usance.actions import disputes, eligibility, holds
from usance.domain.credit.eligibility import Agreed, Because, Mark
from usance.domain.mandate import ContentChanged, NobodyBehind, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.jobs import day
from usance.queries import availability, doctor, waiting

pytestmark = pytest.mark.django_db
SIGNED = {"role": Role.CREDIT, "at": world.NOW, "actor": "user:credit"}


@pytest.fixture
def place() -> world.World:
    return world.build()


def agree(place: world.World, **said: object) -> models.EligibilitySet:
    return eligibility.agree(
        place.acme.pk, "EUR", replace(Agreed(cross_age_share=None), **said),
        valid_from=date(2026, 1, 1), reason="Frame contract § 4", **SIGNED,
    )  # fmt: skip


def hand_in(place: world.World, number: str, gross: str, **more: object) -> models.Invoice:
    debtor = more.pop("debtor", place.bolt)
    receive(world.paper(place.acme, debtor, number=number, gross=gross, **more))
    drain(send=False, at=more.get("at", world.NOW))
    return models.Invoice.objects.get(number=number)


def ledger(place: world.World, on: date = world.TODAY) -> availability.Ledger:
    found = availability.ledger(place.acme.pk, "EUR", on=on)
    assert found is not None
    return found


def dispute(row: models.Invoice) -> None:
    disputes.open_dispute(
        row.pk, reason="Wrong goods", role=Role.COLLECTION, at=world.NOW, actor="user:c"
    )


def broken() -> list[str]:
    return [one.rule for one in doctor.examine() if not one.kept]


def why(row: models.Invoice) -> list[str]:
    hold = row.holds.filter(closed_at=None, step="finance.fund").first()
    return [finding["code"] for finding in hold.findings] if hold else []


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


def test_what_was_bought_and_is_sound_leaves_exactly_nothing(place: world.World) -> None:
    agree(place)
    hand_in(place, "R-1", "9999.99")
    said = ledger(place).waterfall()
    assert (said.gross, said.in_use, said.available) == (
        eur("9999.99"), eur("7999.99"), eur("0.00"),
    )  # fmt: skip
    proof = models.Headroom.objects.get()
    assert (proof.available_minor, proof.over_advance_minor) == (0, 0)


def test_after_a_dispute_the_next_purchase_is_held_with_its_figures(place: world.World) -> None:
    agree(place)
    dispute(hand_in(place, "R-1", "10000.00"))
    assert ledger(place).waterfall().available == eur("-8000.00")
    second = hand_in(place, "R-2", "5000.00")
    assert (second.stage, why(second)) == ("approved", ["exceeds_availability"])
    (finding,) = second.holds.get(closed_at=None).findings
    assert "The advance of 4000.00 EUR on 5000.00 EUR would leave -8000.00 EUR" in finding["says"]
    assert "-8000.00 EUR is available now, and the invoice adds 4000.00 EUR" in finding["says"]


def test_releasing_the_hold_alone_buys_nothing(place: world.World) -> None:
    """One person's word does not lead beyond what is available."""
    agree(place)
    dispute(hand_in(place, "R-1", "10000.00"))
    second = hand_in(place, "R-2", "5000.00")
    holds.release(
        second.holds.get(closed_at=None).pk, remark="Go on", **SIGNED | {"role": Role.CREDIT}
    )
    drain(send=False)
    second.refresh_from_db()
    assert (second.stage, why(second)) == ("approved", ["exceeds_availability"])


def test_an_over_advance_takes_two_and_lets_it_go_on(place: world.World) -> None:
    agree(place)
    dispute(hand_in(place, "R-1", "10000.00"))
    second = hand_in(place, "R-2", "5000.00")
    row = eligibility.propose_over_advance(
        place.acme.pk, eur("8000.00"), reason="Credit note is on its way",
        valid_to=world.TODAY + timedelta(days=14), **SIGNED,
    )  # fmt: skip
    with pytest.raises(SecondPersonNeeded):
        eligibility.decide_over_advance(row.pk, yes=True, seen=row.content, **SIGNED)
    other = SIGNED | {"actor": "user:second", "role": Role.FINANCE}
    with pytest.raises(ContentChanged):
        eligibility.decide_over_advance(row.pk, yes=True, seen="something else", **other)
    with pytest.raises(NobodyBehind):
        eligibility.decide_over_advance(
            row.pk, yes=True, seen=row.content, **other | {"actor": "key:us_1"}
        )
    eligibility.decide_over_advance(row.pk, yes=True, seen=row.content, **other)
    drain(send=False)
    second.refresh_from_db()
    assert second.stage == "funded"
    said = ledger(place).waterfall()
    assert (said.available, said.spendable) == (eur("-8000.00"), eur("0.00"))
    assert broken() == []


def test_what_fits_by_now_goes_on_at_the_days_end_and_the_rest_keeps_its_hold(
    place: world.World,
) -> None:
    agree(place)
    first = hand_in(place, "R-1", "10000.00")
    dispute(first)
    second = hand_in(place, "R-2", "5000.00")
    assert day.end(at=world.NOW).purchases_freed == 0
    assert second.holds.count() == 1
    disputes.close_dispute(
        first.pk, outcome="Paid", role=Role.COLLECTION, at=world.NOW, actor="user:c"
    )
    assert day.end(at=world.NOW).purchases_freed == 1
    drain(send=False)
    second.refresh_from_db()
    assert second.stage == "funded"


def test_an_over_advance_ends_with_its_day(place: world.World) -> None:
    agree(place)
    row = eligibility.propose_over_advance(
        place.acme.pk, eur("8000.00"), reason="Bridge", valid_to=world.TODAY, **SIGNED
    )
    eligibility.decide_over_advance(
        row.pk, yes=True, seen=row.content, **SIGNED | {"actor": "user:second"}
    )
    assert ledger(place).waterfall().over_advance == eur("8000.00")
    tomorrow = ledger(place, world.TODAY + timedelta(days=1))
    assert tomorrow.waterfall().over_advance == eur("0.00")


def test_what_an_over_advance_leaves_uncovered_is_a_task_until_it_is_covered(
    place: world.World,
) -> None:
    agree(place)
    first = hand_in(place, "R-1", "10000.00")
    dispute(first)
    second = {"actor": "user:second"}
    bridge = _approved(place, "Bridge")
    late = eligibility.propose_over_advance(
        place.acme.pk, eur("1.00"), reason="Late", valid_to=world.TODAY, **SIGNED
    )
    assert day.end(at=world.NOW).overdrawn == 0
    tomorrow = world.NOW + timedelta(days=1)
    for _ in range(2):  # Counted anew, and written once.
        assert day.end(at=tomorrow).overdrawn == 1
        bridge.refresh_from_db()
        late.refresh_from_db()
        assert (bridge.uncovered, late.state, late.decided_by) == (
            eur("8000.00"), "declined", "day",
        )  # fmt: skip
    assert waiting.elsewhere(at=tomorrow).overdrawn == 1
    assert models.Diary.objects.filter(kind="over_advance.declined").count() == 1
    with pytest.raises(eligibility.NotOpen):
        eligibility.decide_over_advance(late.pk, yes=True, seen=late.content, **SIGNED | second)
    disputes.close_dispute(
        first.pk, outcome="Paid", role=Role.COLLECTION, at=tomorrow, actor="user:c"
    )
    assert day.end(at=tomorrow).overdrawn == 0
    bridge.refresh_from_db()
    assert bridge.uncovered == eur("0.00")
    assert waiting.elsewhere(at=tomorrow).overdrawn == 0


def _approved(place: world.World, reason: str) -> models.OverAdvance:
    row = eligibility.propose_over_advance(
        place.acme.pk, eur("8000.00"), reason=reason, valid_to=world.TODAY, **SIGNED
    )
    return eligibility.decide_over_advance(
        row.pk, yes=True, seen=row.content, **SIGNED | {"actor": "user:second"}
    )


def test_without_an_agreed_set_nothing_is_held(place: world.World) -> None:
    dispute(hand_in(place, "R-1", "10000.00"))
    assert hand_in(place, "R-2", "5000.00").stage == "funded"
    assert not ledger(place).binds
    assert not models.Headroom.objects.exists()


def test_of_a_batch_what_fits_is_bought_and_the_rest_is_held(place: world.World) -> None:
    """Acme owes Bolt EUR 5 000, who may set it off: of B-1 only 4 000 count."""
    agree(place)
    eligibility.mark(
        place.acme.pk, Mark.CONTRA, debtor=place.bolt.pk, amount=eur("5000.00"), reason="Supplier",
        **SIGNED,
    )  # fmt: skip
    receive(
        world.paper(place.acme, place.kaufmann, number="K-1", gross="6000"),
        world.paper(place.acme, place.bolt, number="B-1", gross="9000"),
        world.paper(place.acme, place.kaufmann, number="K-2", gross="6001"),
    )
    drain(send=False)
    stages = dict(models.Invoice.objects.values_list("number", "stage"))
    assert stages == {"K-1": "funded", "B-1": "approved", "K-2": "funded"}
    assert why(models.Invoice.objects.get(number="B-1")) == ["exceeds_availability"]
    said = ledger(place).waterfall()
    assert (said.gross, said.available) == (eur("12001.00"), eur("0.00"))


def test_a_share_of_the_ledger_is_looked_at_with_the_whole_batch(place: world.World) -> None:
    """Half and half fit where each may be half; alone the first would be all of the ledger."""
    agree(place, concentration_share=Decimal("0.5"))
    receive(
        world.paper(place.acme, place.kaufmann, number="K-1", gross="6000"),
        world.paper(place.acme, place.bolt, number="B-1", gross="6000"),
    )
    drain(send=False)
    assert set(models.Invoice.objects.values_list("stage", flat=True)) == {"funded"}
    assert hand_in(place, "K-2", "100.00", debtor=place.kaufmann).stage == "approved"


def test_marks_leave_out_and_end(place: world.World) -> None:
    agree(place)
    row = hand_in(place, "R-1", "10000.00")
    made = eligibility.mark(
        place.acme.pk, Mark.CONTRA, debtor=place.bolt.pk, amount=eur("1500.00"),
        reason="Bolt delivers to Acme", **SIGNED,
    )  # fmt: skip
    said = ledger(place).waterfall()
    assert [(one.because, one.amount) for one in said.out] == [(Because.CONTRA, eur("1500.00"))]
    eligibility.mark(
        place.acme.pk, Mark.SALE_OR_RETURN, invoice=row.pk, reason="Consignment", **SIGNED
    )
    (line,) = ledger(place).waterfall().out
    assert (line.because, line.amount) == (Because.SALE_OR_RETURN, eur("10000.00"))
    eligibility.end_mark(made.pk, **SIGNED)
    assert ledger(place).standings[place.bolt.pk].contra_minor == 0


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda p: agree(p, concentration_share=Decimal("0")), "eligibility_figures"),
        (lambda p: agree(p, cross_age_share=Decimal("1.01")), "eligibility_figures"),
        (lambda p: agree(p, past_due_days=-1), "eligibility_figures"),
        (lambda p: (agree(p), agree(p)), "eligibility_sets_overlap"),
        (lambda p: eligibility.agree(p.acme.pk, "SEK", Agreed(), valid_from=world.TODAY,
                                     reason="x", **SIGNED), "no_facility"),
        (lambda p: eligibility.agree(p.acme.pk, "EUR", Agreed(), valid_from=world.TODAY,
                                     reason=" ", **SIGNED), "reason_missing"),
        (lambda p: eligibility.mark(p.acme.pk, Mark.CONTRA, debtor=p.bolt.pk, reason="x",
                                    **SIGNED), "eligibility_mark_odd"),
        (lambda p: eligibility.mark(p.acme.pk, Mark.EXCLUDED, debtor=p.bolt.pk,
                                    amount=eur("1"), reason="x", **SIGNED), "eligibility_mark_odd"),
        (lambda p: eligibility.mark(p.acme.pk, Mark.EXCLUDED, reason="x", **SIGNED),
         "eligibility_mark_odd"),
        (lambda p: [eligibility.mark(p.acme.pk, Mark.EXCLUDED, debtor=p.bolt.pk, reason="x",
                                     **SIGNED) for _ in "ab"], "eligibility_marked_already"),
        (lambda p: eligibility.propose_over_advance(p.acme.pk, eur("1"), reason="x",
                                                    valid_to=date(2026, 3, 1), **SIGNED),
         "over_advance_span"),
        (lambda p: eligibility.propose_over_advance(p.acme.pk, eur("1"), reason="x",
                                                    valid_to=date(2027, 3, 1), **SIGNED),
         "over_advance_span"),
        (lambda p: eligibility.propose_over_advance(p.acme.pk, eur("0"), reason="x",
                                                    valid_to=world.TODAY, **SIGNED),
         "eligibility_figures"),
        (lambda p: [eligibility.propose_over_advance(p.acme.pk, eur("1"), reason="x",
                                                     valid_to=world.TODAY, **SIGNED)
                    for _ in "ab"], "over_advance_not_open"),
    ],
)  # fmt: skip
def test_what_is_odd_is_refused_with_a_code_and_a_way_out(
    place: world.World, act: object, code: str
) -> None:
    with pytest.raises(Refusal) as no:
        act(place)  # type: ignore[operator]  # A lambda of the table.
    assert (no.value.code, bool(str(no.value)), bool(no.value.todo)) == (code, True, True)


@pytest.mark.parametrize("role", [Role.INTAKE, Role.COLLECTION, Role.CASH, Role.CLIENT])
def test_others_may_not(place: world.World, role: Role) -> None:
    said = SIGNED | {"role": role}
    with pytest.raises(NotAllowed):
        eligibility.mark(place.acme.pk, Mark.EXCLUDED, debtor=place.bolt.pk, reason="x", **said)
    with pytest.raises(NotAllowed):
        eligibility.propose_over_advance(
            place.acme.pk, eur("1"), reason="x", valid_to=world.TODAY, **said
        )


def test_a_proof_of_headroom_is_not_changed_and_a_second_person_is_not_the_first(
    place: world.World,
) -> None:
    agree(place)
    hand_in(place, "R-1", "1000.00")
    with pytest.raises(Exception, match=r"permission denied|only ever added"), transaction.atomic():
        models.Headroom.objects.update(available_minor=1)
    row = eligibility.propose_over_advance(
        place.acme.pk, eur("1"), reason="x", valid_to=world.TODAY, **SIGNED
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        models.OverAdvance.objects.filter(pk=row.pk).update(
            state="approved", decided_at=world.NOW, decided_by=row.proposed_by
        )


def test_a_purchase_without_proof_or_below_zero_is_found(place: world.World) -> None:
    agree(place)
    hand_in(place, "R-1", "1000.00")
    assert broken() == []
    # The set was agreed for Acme; that Nordhav had one as well is only claimed now.
    receive(world.paper(place.nord, place.tre_kronor, number="N-1", currency="SEK"))
    drain(send=False)
    models.EligibilitySet.objects.create(
        client=place.nord, currency="SEK", valid_from=date(2026, 1, 1), reason="x",
        agreed_at=world.NOW - timedelta(days=1), agreed_by="x",
    )  # fmt: skip
    assert broken() == ["M10"]
    models.OverAdvance.objects.create(
        client=place.acme, currency="EUR", amount_minor=1, reason="x", valid_to=world.TODAY,
        state="approved", content="", proposed_at=world.NOW, proposed_by="user:a",
        decided_at=world.NOW, decided_by="user:a via us_1",
    )  # fmt: skip
    assert broken() == ["M10", "M10a"]
