"""Trust end to end over the database: what holds, what warns, what a person chooses."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from psycopg import sql

from tests import world
from tests.belt import drain, receive
from usance import models
from usance.actions import aliases, fingerprints, holds, parties, suspicion
from usance.domain.invoice import Invoice
from usance.domain.mandate import NotAllowed, Role
from usance.domain.party import Address, Identifier, Party
from usance.domain.verification import fingerprints as rule
from usance.domain.verification.fingerprints import NotFingerprints
from usance.domain.verification.signals import Mode, Thresholds
from usance.queries import customs, dossier, resolution
from usance.queries import fingerprints as questions

pytestmark = pytest.mark.django_db
SIGNED: dict[str, Any] = {"role": Role.ADMIN, "at": world.NOW, "actor": world.OFFICER}
KEY = bytes(range(32)).hex()


@pytest.fixture
def place() -> world.World:
    return world.build()


def checked(*papers: Invoice, client: models.Client | None = None) -> dict[str, list[str]]:
    """Codes of the last check of each number that was handed in."""
    receive(*papers, client=client)
    drain(send=False)
    return {paper.number: codes(paper.number) for paper in papers}


def codes(number: str) -> list[str]:
    row = models.Verification.objects.filter(invoice__number=number).order_by("pk").last()
    return [one["code"] for one in row.findings] if row else []


def the(number: str) -> models.Invoice:
    return models.Invoice.objects.get(number=number)


def renumbered(paper: Invoice, number: str) -> Invoice:
    """The same goods under another number."""
    return replace(paper, number=number)


def anonymous(paper: Invoice, name: str, at: Address) -> Invoice:
    return replace(paper, buyer=Party(name=name, address=at))


BOLT_AT = Address(street="Industrieweg 9", postcode="D-80331", city="München", country="DE")


def test_an_invoice_under_a_new_number_waits_for_a_person(place: world.World) -> None:
    first = world.paper(place.acme, place.bolt, number="R-1", gross="10234.56")
    assert checked(first)["R-1"] == []
    assert the("R-1").stage == "funded"
    assert checked(renumbered(first, "R-7"))["R-7"] == ["renumbered"]
    hold = models.Hold.objects.get(invoice__number="R-7", closed_at=None)
    (other,) = hold.findings[0]["others"]
    assert other["invoice"] == str(the("R-1").pk)
    assert {"debtor", "amount", "lines", "issue date"} <= set(other["agrees"])
    holds.release(hold.pk, remark="The debtor ordered twice.", **SIGNED)
    drain(send=False)
    assert the("R-7").stage == "funded"


def test_a_copy_in_other_words_waits_and_a_second_delivery_does_not(place: world.World) -> None:
    first = world.paper(place.acme, place.bolt, number="R-1", gross="10234.56")
    assert checked(first)["R-1"] == []
    reworded = replace(first.lines[0], name="Sågblad enligt ritning")
    copy = replace(renumbered(first, "R-7"), lines=(reworded,))
    second = replace(copy, number="R-8", despatch="LS-8")
    assert checked(copy, second) == {
        "R-7": ["looks_like_another", "reworded"], "R-8": ["looks_like_another"],
    }  # fmt: skip
    assert (the("R-7").stage, the("R-8").stage) == ("received", "funded")


def test_what_another_client_sold_is_never_bought(place: world.World) -> None:
    paper = world.paper(place.acme, place.bolt, number="R-1")
    checked(paper)
    other = parties.register_client(
        parties.Company(name="Strohmann GmbH", country="DE", vat_id="DE999999999"), **SIGNED
    )
    found = checked(replace(paper, number="R 1"), client=other)["R 1"]
    assert "double_financed" in found
    hold = models.Hold.objects.get(invoice__number="R 1", closed_at=None)
    holds.release(hold.pk, remark="I want to.", **SIGNED)
    drain(send=False)
    assert the("R 1").stage == "received"


def test_of_two_in_one_batch_the_later_is_held(place: world.World) -> None:
    paper = world.paper(place.acme, place.bolt, number="R-1", gross="10234.56")
    found = checked(paper, renumbered(paper, "R-2"))
    assert found == {"R-1": ["looks_like_another"], "R-2": ["renumbered"]}


def test_the_plan_reads_indexes_and_not_the_table(place: world.World) -> None:
    from usance.models.bulk import array
    from usance.queries import duplicates

    checked(world.paper(place.acme, place.bolt, number="R-1"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN " + duplicates._NEAR,
            {"mine": array([the("R-1").pk]), "days": 120, "most": 40},
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert {"trait_by_claim", "trait_by_number"} <= {
        name for name in ("trait_by_claim", "trait_by_number", "trait_by_file") if name in plan
    }


def test_name_and_address_together_are_certain_and_a_name_alone_is_not(
    place: world.World,
) -> None:
    paper = world.paper(place.acme, place.bolt, number="R-1", gross="10234.56")
    alone = anonymous(
        world.paper(place.acme, place.bolt, number="R-2"),
        place.bolt.name, Address(country="DE"),
    )  # fmt: skip
    found = checked(anonymous(paper, "BOLT MASCHINENBAU A.G.", BOLT_AT), alone)
    assert found == {"R-1": [], "R-2": ["debtor_unknown"]}
    assert the("R-1").debtor == place.bolt
    told = dossier.dossier(the("R-2").pk, today=world.TODAY)
    assert told is not None
    assert told.candidates[0].id == place.bolt.pk
    assert "same name" in told.candidates[0].because


def test_a_choice_is_remembered_shown_and_withdrawn(place: world.World) -> None:
    def odd(number: str) -> Invoice:
        paper = world.paper(place.acme, place.bolt, number=number)
        return anonymous(paper, "Bolt Werk Süd", BOLT_AT)

    assert checked(odd("R-1"))["R-1"] == ["debtor_unknown"]
    parties.choose_debtor(the("R-1").pk, place.bolt.pk, **SIGNED)
    (alias,) = place.bolt.aliases.all()
    assert (alias.name, alias.number, alias.added_by) == ("Bolt Werk Süd", "R-1", world.OFFICER)
    checked(odd("R-2"))
    assert the("R-2").debtor == place.bolt
    parties.choose_debtor(the("R-1").pk, place.kaufmann.pk, **SIGNED)  # Somebody knows better.
    checked(odd("R-3"))
    assert the("R-3").debtor == place.kaufmann
    aliases.withdraw(models.Alias.objects.get(withdrawn_at=None).pk, **SIGNED)
    assert "debtor_unknown" in checked(odd("R-4"))["R-4"]
    with pytest.raises(aliases.NoAlias):
        aliases.withdraw(alias.pk, **SIGNED)


def test_a_company_that_is_renamed_is_found_by_its_new_name(place: world.World) -> None:
    parties.edit(place.bolt, {"name": "Donner Maschinen SE"}, **SIGNED)
    paper = world.paper(place.acme, place.bolt, number="R-1")
    checked(anonymous(paper, "Donner Maschinen SE", BOLT_AT))
    assert the("R-1").debtor == place.bolt


def test_who_has_the_number_of_an_establishment_is_found_by_that_of_its_company(
    place: world.World,
) -> None:
    with_siret = parties.register_debtor(
        parties.Company(name="Verre Bleu SARL", country="FR", legal_id="303 265 045 00014"),
        **SIGNED,
    )
    strange = Party(
        name="Autre nom", legal_id=Identifier(value="303265045"), address=Address(country="FR")
    )
    paper = replace(world.paper(place.acme, place.bolt, number="R-1"), buyer=strange)
    checked(paper)
    assert the("R-1").debtor == with_siret
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        asked = resolution._BEGINNINGS.format(table=sql.Identifier("debtor"))
        cursor.execute(sql.SQL("EXPLAIN {}").format(asked), [["303265045"]])
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "_like" in plan, "the index for beginnings"
    assert "Seq Scan" not in plan


def test_what_was_kept_before_is_compared_as_now(place: world.World) -> None:
    """The migration's part that computes: keys and figures of rows from before."""
    paper = world.paper(place.acme, place.bolt, number="R-1")
    checked(paper)
    was = (the("R-1").trait.figures, list(the("R-1").trait.orders), list(place.bolt.found_by))
    assert was[0]
    assert was[1] == ["BT-16:LSR1"]
    models.Trait.objects.update(figures="", orders=[])
    models.Debtor.objects.filter(pk=place.bolt.pk).update(found_by=["n:formerly"])
    step = import_module("usance.migrations.0056_reworded_and_trust_accounts")
    for _ in range(2):
        step.compare_by(apps, SimpleNamespace(connection=connection))
        step.find_by(apps, SimpleNamespace(connection=connection))
    place.bolt.refresh_from_db()
    trait = models.Trait.objects.get(invoice__number="R-1")
    assert (trait.figures, trait.orders, place.bolt.found_by) == was


def test_signals_warn_and_hold_as_the_thresholds_say(place: world.World) -> None:
    weekend = date(2026, 2, 28)
    for start in range(0, 24, 6):
        checked(*(
            world.paper(place.acme, place.bolt, number=f"A-{n}", gross=f"{100 + n}.11",
                        issued_on=date(2026, 2, 9) + timedelta(days=n % 5),
                        due_on=date(2026, 3, 11) + timedelta(days=n % 5))
            for n in range(start, start + 6)
        ))  # fmt: skip
    odd = world.paper(
        place.acme, place.kaufmann, number="A-900", gross="3000.00", issued_on=weekend,
        due_on=weekend + timedelta(days=90),
    )  # fmt: skip
    assert checked(odd)["A-900"] == [
        "number_gap", "new_debtor_round_sum", "issued_on_a_weekend", "due_beyond_custom",
    ]  # fmt: skip
    assert the("A-900").stage == "funded"
    limits = Thresholds(round_to=500, modes={"new_debtor_round_sum": Mode.HOLD})
    suspicion.set_thresholds(limits, client=place.acme.pk, reason="A hint.", **SIGNED)
    fresh = parties.register_debtor(parties.Company(name="Neu GmbH", country="DE",
                                                    vat_id="DE129273398"), **SIGNED)  # fmt: skip
    assert (
        "new_debtor_round_sum"
        in checked(world.paper(place.acme, fresh, number="A-901", gross="1500.00"))["A-901"]
    )
    assert the("A-901").stage == "received"


def test_thresholds_have_a_reason_a_right_and_a_history(place: world.World) -> None:
    said = Thresholds(gap=7)
    with pytest.raises(suspicion.NoReason):
        suspicion.set_thresholds(said, client=None, reason=" ", **SIGNED)
    with pytest.raises(suspicion.BadThreshold):
        suspicion.set_thresholds(Thresholds(gap=0), client=None, reason="x", **SIGNED)
    with pytest.raises(NotAllowed):
        suspicion.set_thresholds(
            said, client=None, reason="x", **{**SIGNED, "role": Role.VERIFICATION}
        )
    suspicion.set_thresholds(said, client=None, reason="Fewer gaps.", **SIGNED)
    own = Thresholds(gap=9)
    suspicion.set_thresholds(own, client=place.acme.pk, reason="It skips.", **SIGNED)
    held = customs.thresholds([place.acme.pk, place.nord.pk])
    assert (held[place.acme.pk].gap, held[place.nord.pk].gap, held[None].gap) == (9, 7, 7)
    suspicion.take_away(place.acme.pk, reason="No more.", **SIGNED)
    assert customs.thresholds([place.acme.pk])[place.acme.pk].gap == 7
    said_ = [row.particulars["what"] for row in models.Diary.objects.order_by("pk")]
    assert sum("Fewer gaps." in one for one in said_) == 1


def test_the_paper_stays_and_what_is_read_otherwise_is_told(place: world.World) -> None:
    paper = world.paper(place.acme, place.bolt, number="R-1")
    buyer = replace(paper.buyer, vat_id="DE 811 193 231", name="BOLT  MASCHINENBAU AG")
    checked(replace(paper, buyer=buyer))
    told = dossier.dossier(the("R-1").pk, today=world.TODAY)
    assert told is not None
    assert told.paper is not None
    assert told.paper.buyer.name == "BOLT  MASCHINENBAU AG"
    assert ("BT-48", "DE811193231") in {(one.where, one.cleaned) for one in told.cleaned}


@pytest.fixture
def circle(settings: Any) -> str:
    path = Path(settings.OUTSIDE)
    told = json.loads(path.read_text())
    told["circles"] = {"nordic": {"factor": "Nord", "current": "a", "keys": {"a": KEY}}}
    path.write_text(json.dumps(told))
    return "nordic"


def exported(factor: str, since: date = date(2026, 1, 1), **other: str) -> list[str]:
    """Our own file as another factor with the same invoices would have written it."""
    back = rule.read(fingerprints.export("nordic", since=since, **SIGNED))
    return sealed(back.prints, factor, **other)


def sealed(
    found: Iterable[rule.Print], factor: str, *, circle: str = "nordic", key: str = "a",
    secret: str = KEY,
) -> list[str]:  # fmt: skip
    named = rule.Key(circle=circle, id=key, secret=bytes.fromhex(secret))
    return list(rule.written(found, key=named, factor=factor, on=world.TODAY))


def test_another_factors_fingerprint_holds_an_invoice(place: world.World, circle: str) -> None:
    checked(world.paper(place.acme, place.bolt, number="R-1001"))
    lines = exported("Syd")
    assert len(lines) == 5
    assert not any("R-1001" in line for line in lines)
    assert fingerprints.take_in(lines, **SIGNED) == (3, 3)
    assert fingerprints.take_in(lines, **SIGNED) == (3, 0)
    assert {one.kind for one in questions.compared(since=date(2026, 1, 1))} == {
        "exact", "number", "month",
    }  # fmt: skip
    later = replace(
        renumbered(world.paper(place.acme, place.bolt, number="R-1001"), "R-1001-B"),
        issued_on=date(2026, 2, 27), lines=(),
    )  # fmt: skip
    assert "held_by_another_factor" in checked(later)["R-1001-B"]


def test_what_is_no_file_of_the_circle_is_refused_whole(place: world.World, circle: str) -> None:
    checked(world.paper(place.acme, place.bolt, number="R-1001"))
    lines = exported("Syd")
    for wrong, refusal in (
        ([*lines, "R-1002"], NotFingerprints),
        (lines[:-1], NotFingerprints),
        ([*lines[:2], *lines[3:]], rule.NotSealed),
        (exported("Syd", secret="00" * 32), rule.NotSealed),
        (exported("Syd", circle="south"), fingerprints.NoCircle),
        (exported("Syd", key="b"), fingerprints.UnknownKey),
        (exported("Nord"), fingerprints.OurOwn),
    ):  # fmt: skip
        with pytest.raises(refusal):
            fingerprints.take_in(wrong, **SIGNED)
    assert models.ForeignPrint.objects.count() == 0
    with pytest.raises(NotAllowed):
        fingerprints.take_in(lines, **{**SIGNED, "role": Role.VERIFICATION})


def test_what_is_old_is_forgotten(place: world.World, circle: str) -> None:
    old = rule.Print("0" * 64, "exact", "2024-08")
    recent = rule.Print("1" * 64, "exact", "2024-09")
    fingerprints.take_in(sealed([old, recent], "Syd"), **SIGNED)
    assert [row.bucket for row in models.ForeignPrint.objects.all()] == ["2024-09"]


def test_a_seller_nobody_knows_is_told_with_whom_it_may_be(place: world.World) -> None:
    paper = world.paper(place.acme, place.bolt, number="R-1")
    strange = replace(paper.seller, vat_id="DE999999999", legal_id=None)
    receive(replace(paper, seller=strange), client=None)
    assert not models.Invoice.objects.exists()
    (finding,) = models.ReceivedFile.objects.get().findings
    assert finding["code"] == "client_unknown"
    like = f"Like it: {place.acme.name} (same name"
    assert like in finding["says"], finding["says"]
    assert "other VAT id" in finding["says"]
