"""Terms at the desk: typed, looked at, proposed by one and put in force by another."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import world
from tests.belt import drain, receive
from tests.stories.crossing import Crossing
from tests.web.office.conftest import SignedIn, somebody
from usance import models
from usance.domain.finance import PRODUCTS, Foreign, Keeping, Product, Refactoring
from usance.domain.money import Money

pytestmark = pytest.mark.django_db
AFTER = datetime(2026, 4, 1, 9, tzinfo=UTC)

TERMS = {
    "amount": "300 000,00", "currency": "EUR", "advance_rate": "85", "fee_rate": "1.25",
    "recourse_days": "", "valid_from": "2026-04-01", "steps": "30 1.5\n10: 0,5 %",
    "margin": "7.5", "vat_rate": "19", "maximum": "900",
}  # fmt: skip


def second() -> Client:
    client = Client()
    client.force_login(somebody("admin"))
    return client


def test_terms_are_proposed_by_one_and_put_in_force_by_another(signed_in: SignedIn) -> None:
    made = world.build()
    office = signed_in("credit")
    place = f"/clients/{made.acme.pk}/facilities"
    assert b"Propose" in office.get(place).content
    looked = office.post(place, TERMS | {"look": "1"})
    assert b"85 % of an invoice is paid at once" in looked.content
    assert not models.FacilityProposal.objects.filter(decision="").exists()
    answer = office.post(place, TERMS)
    row = models.FacilityProposal.objects.get(decision="")
    assert answer["Location"] == f"/facilities/proposals/{row.pk}"
    shown = office.get(answer["Location"])
    assert b"0.5 % for the next 10 days" in shown.content
    assert b"a colleague puts them in force" in shown.content
    assert b"wait for a second person" in office.get(f"/clients/{made.acme.pk}").content

    seen = {"digest": row.digest}
    mine = office.post(f"{answer['Location']}/approval", seen)
    assert (mine.status_code, b"second_person_needed" in mine.content) == (409, True)
    other = second()
    wrong = other.post(f"{answer['Location']}/approval", {"digest": "0"})
    assert (wrong.status_code, b"content_changed" in wrong.content) == (409, True)
    assert other.post(f"{answer['Location']}/approval", seen).status_code == 302

    new, old = made.acme.facilities.filter(known_to=None).order_by("-valid_from")
    assert (new.limit_minor, str(new.advance_rate)) == (30_000_000, "0.850000")
    assert new.priced().maximum == 90_000
    assert new.recourse_days is None
    assert str(old.valid_to) == "2026-03-31"
    page = other.get(f"/facilities/{new.pk}").content
    assert b"What we took for true before" in page
    again = office.post(place, TERMS)
    assert (again.status_code, b"facility_spans_overlap" in again.content) == (409, True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fee_rate": "20"}, b"more than the face"),
        ({"product": "recourse"}, b"has recourse"),
        ({"product": "confidential"}, b"has recourse"),
        ({"floor": "1", "reference": ""}, b"A floor takes a reference rate"),
    ],
)
def test_terms_with_faults_are_refused_with_reasons(
    change: dict[str, str], says: bytes, signed_in: SignedIn
) -> None:
    made = world.build()
    place = f"/clients/{made.acme.pk}/facilities"
    assert says in signed_in("credit").post(place, TERMS | change | {"look": "1"}).content
    wrong = signed_in("credit").post(place, TERMS | change)
    assert (wrong.status_code, says in wrong.content) == (409, True)


def test_days_of_a_ledger_that_the_client_keeps_are_typed_and_shown_again(
    signed_in: SignedIn,
) -> None:
    made = world.build()
    place, office = f"/clients/{made.acme.pk}/facilities", signed_in("credit")
    quiet = TERMS | {"product": "confidential", "recourse_days": "60"}
    half = office.post(place, quiet | {"list_days": "5"})
    assert (half.status_code, half.content.count(b"Write all three, or none.")) == (422, 2)
    said = quiet | {"list_days": "5", "ask_days": "0", "tell_days": "3"}
    assert b"Within 5 days of each month" in office.post(place, said | {"look": "1"}).content
    assert office.post(place, said).status_code == 302
    row = models.FacilityProposal.objects.get(decision="")
    second().post(f"/facilities/proposals/{row.pk}/approval", {"digest": row.digest})
    kept = models.Facility.objects.get(client=made.acme, valid_to=None, known_to=None)
    assert kept.keeping() == Keeping(list_days=5, ask_days=0, tell_days=3)
    page = office.get(place).content.decode()
    assert 'name="ask_days" value="0"' in page


def test_what_cannot_be_read_is_said_beside_the_field(signed_in: SignedIn) -> None:
    made = world.build()
    wrong = TERMS | {"steps": "thirty days", "maximum": "much"}
    answer = signed_in("credit").post(f"/clients/{made.acme.pk}/facilities", wrong)
    assert answer.status_code == 422
    assert b"Write days and per cent" in answer.content
    assert b"Write an amount" in answer.content


def test_a_product_fills_the_form_in(signed_in: SignedIn) -> None:
    made = world.build()
    page = signed_in("credit").get(f"/clients/{made.acme.pk}/facilities?product=non_recourse")
    assert b'value="2.5"' in page.content
    page = signed_in("credit").get(f"/clients/{made.acme.pk}/facilities?product=confidential")
    assert b'<option value="confidential" selected>Confidential invoice' in page.content
    for name, days in (("list_days", "10"), ("ask_days", "7"), ("tell_days", "10")):
        assert f'name="{name}" value="{days}"' in page.content.decode()


def test_limited_recourse_is_typed_and_shown_again(signed_in: SignedIn) -> None:
    made = world.build()
    place, office = f"/clients/{made.acme.pk}/facilities", signed_in("credit")
    assert b'value="80"' in office.get(f"{place}?product=limited_recourse").content
    said = TERMS | {"recourse_share": "75", "recourse_most": "5 000,00", "refactor_days": "30",
                    "refactor_fee": "0.5", "refactor_times": "2"}  # fmt: skip
    without = office.post(place, said)  # Without days there is no recourse to limit.
    assert (without.status_code, b"there is none to limit" in without.content) == (409, True)
    assert office.post(place, said | {"recourse_days": "60"}).status_code == 302
    row = models.FacilityProposal.objects.get(decision="")
    assert second().post(
        f"/facilities/proposals/{row.pk}/approval", {"digest": row.digest}
    ).status_code == 302  # fmt: skip
    kept = models.Facility.objects.get(client=made.acme, valid_to=None, known_to=None)
    assert (str(kept.recourse_share), kept.recourse_most_minor) == ("0.750000", 5_000_00)
    assert kept.refactors() == Refactoring(days=30, fee_rate=Decimal("0.005"), times=2)
    shown = office.get(place).content
    assert b'value="75"' in shown
    assert b'value="0.5"' in shown
    assert b'value="5000.00"' in shown


def test_a_proposal_is_withdrawn(signed_in: SignedIn) -> None:
    made = world.build()
    office = signed_in("credit")
    office.post(f"/clients/{made.acme.pk}/facilities", TERMS)
    row = models.FacilityProposal.objects.get(decision="")
    assert office.post(f"/facilities/proposals/{row.pk}/withdrawal").status_code == 302
    late = second().post(f"/facilities/proposals/{row.pk}/approval", {"digest": row.digest})
    assert (late.status_code, b"facility_proposal_decided" in late.content) == (409, True)


def test_a_reference_rate_is_entered_and_corrected(signed_in: SignedIn) -> None:
    world.build()
    office = signed_in("credit")
    said = {"name": "euribor3m", "rate": "3.25", "first": "2026-01-01", "last": "2026-03-31",
            "source": "EMMI"}  # fmt: skip
    assert office.post("/settings/rates", said).status_code == 302
    crossing = office.post("/settings/rates", said | {"first": "2026-03-31", "last": "2026-05-01"})
    assert (crossing.status_code, b"reference_rate_overlaps" in crossing.content) == (409, True)
    assert office.post("/settings/rates", said | {"rate": "3.5"}).status_code == 302
    assert b"3.500 %" in office.get("/settings/rates").content
    assert [str(one.rate) for one in models.ReferenceRate.objects.order_by("id")] == [
        "0.03250000", "0.03500000",
    ]  # fmt: skip
    assert signed_in("cash").post("/settings/rates", said).status_code == 409
    assert date(2026, 3, 31) == models.ReferenceRate.objects.get(known_to=None).last


def test_other_currencies_are_agreed_and_what_comes_of_them_is_shown(signed_in: SignedIn) -> None:
    made = world.build()
    office = signed_in("credit")
    place = f"/clients/{made.acme.pk}/facilities"
    said = TERMS | {"currencies": "usd, jpy", "haircut": "5", "recourse_days": "60"}
    answer = office.post(place, said | {"currencies": "dollars"})
    assert b"codes of three capital letters" in answer.content
    answer = office.post(place, said)
    row = models.FacilityProposal.objects.get(decision="")
    assert b"Invoices in JPY, USD are bought as well" in office.get(answer["Location"]).content
    second().post(f"{answer['Location']}/approval", {"digest": row.digest})
    new = made.acme.facilities.get(known_to=None, valid_to=None)
    assert new.foreign() == Foreign(currencies=("JPY", "USD"), haircut=Decimal("0.05"))
    assert b'value="JPY USD"' in office.get(place).content

    Crossing().publishes({"": "USD 1.25, JPY 160", "for": "2026-03-31"}, AFTER)
    receive(world.paper(made.acme, made.bolt, number="D-1", gross="1000.00", currency="USD"))
    drain(send=False, at=AFTER)
    bought = models.Invoice.objects.get(number="D-1")
    shown = office.get(f"/invoices/{bought.pk}").content.decode()
    assert "640.00" in shown  # 85 % less 5 % of 1 000 dollars are 800.
    assert "at the rate of" in shown
    fund = f"/clients/{made.acme.pk}/availability/EUR"
    assert office.get(f"{fund}?on=2026-04-01").status_code == 200
    lacking = office.get(f"{fund}?on=2026-04-02")  # Of 2026-04-01 no rate is known.
    assert (lacking.status_code, b"exchange_rate_missing" in lacking.content) == (409, True)


def test_confirming_starts_from_its_template_and_buys_on_the_debtors_paper(
    signed_in: SignedIn,
) -> None:
    made = world.build()
    office = signed_in("credit")
    place = f"/clients/{made.acme.pk}/facilities"
    wizard = office.get(f"{place}?product=confirming")
    first = wizard.context["form"].initial
    assert (first["advance_rate"], first["to_due"], first["of_interest"]) == ("100", True, "face")
    said = {
        "product": "confirming", "amount": "200000", "currency": "EUR", "advance_rate": "100",
        "fee_rate": "0", "valid_from": str(world.TODAY), "margin": "6", "to_due": "on",
    }  # fmt: skip
    looked = office.post(place, said | {"look": "1"}).content.decode()
    assert "A discount of 6 % a year on the invoice amount, ACT/360" in looked
    office.post(place, said)
    row = models.FacilityProposal.objects.get(decision="")
    second().post(f"/facilities/proposals/{row.pk}/approval", {"digest": row.digest})
    receive(world.paper(made.acme, made.bolt))
    drain(send=False)
    paper = models.Invoice.objects.get()
    page = office.get(f"/invoices/{paper.pk}").content.decode()
    assert "The debtor has not approved it irrevocably." in page
    assert 'id="undertake"' in page
    at = f"/invoices/{paper.pk}/undertaking"
    office.post(at, {"person": "Eva Bolt"})
    assert not models.Undertaking.objects.exists()
    signed = SimpleUploadedFile("signed.pdf", b"%PDF-1.7 signed", "application/pdf")
    assert office.post(at, {"person": "Eva Bolt", "file": signed}).status_code == 302
    drain(send=False)
    page = office.get(f"/invoices/{paper.pk}").content.decode()
    assert "Irrevocably" in page
    assert "Nothing comes to that price later" in page
    assert 'id="undertake"' not in page
    paper.refresh_from_db()
    assert (paper.stage, paper.funding.advance_minor) == ("funded", 990167)


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_the_wizard_says_of_every_template_what_it_costs(
    product: Product, signed_in: SignedIn
) -> None:
    """Filled in by the template alone: sentences, a worked example, the cost of a year and tax."""
    made = world.build()
    place, office = f"/clients/{made.acme.pk}/facilities", signed_in("credit")
    form = office.get(f"{place}?product={product}").context["form"]
    first = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
    said = {name: "on" if value is True else str(value)
            for name, value in first.items() if value not in (None, False, "")}  # fmt: skip
    flat = PRODUCTS[product].flat
    said |= {"amount": "200000", "currency": "EUR", "valid_from": "2026-04-01", "margin": "6"}
    said |= {} if flat else {"minimum": "400", "vat_rate": "25"}
    looked = office.post(place, said | {"look": "1"})
    assert (looked.status_code, looked.context["faults"]) == (200, [])
    assert PRODUCTS[product].says in looked.context["words"][0]
    examples = [one["quote"] for one in looked.context["examples"]]
    assert len(examples) >= 3
    for one in examples:
        whole = one.deal.advance + one.cost.fees + one.cost.interest + one.cost.vat + one.rebate
        assert whole == one.deal.face
        if not flat:
            assert one.cost.fees + one.cost.interest >= Money.of("400", "EUR")
            assert one.cost.vat == one.cost.fees.at(Decimal("0.25"), rounding=ROUND_HALF_UP)
        assert (one.annual is None) is (not one.deal.advance.minor)
