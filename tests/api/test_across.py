"""Bank lines over the API: one pays in another currency, one pays several invoices."""

from uuid import uuid4

import pytest

from tests import world
from tests.actions.test_crossing import FRIDAY, MONDAY, TUESDAY, broken, hand_in, pays, rates
from tests.api.conftest import Program, key
from tests.api.test_operations import funded, named, statement
from tests.belt import drain
from tests.stories.telling import Teller
from usance import models

pytestmark = pytest.mark.django_db


def test_what_a_line_pays_in_another_currency() -> None:
    teller = Teller()
    teller.accepts({"": "USD", "with": "0"}, world.NOW)
    rates(FRIDAY, USD="1.25")
    row = hand_in(teller.place, "E-1", "1000.00", "EUR")
    rates(MONDAY, USD="1.20")
    pays(teller, "1188.00 USD", "E-1", TUESDAY)
    program = key("read", "write", "cash", owner="carl")
    (line,) = program.get("/v1/bank-lines", verdict="probable").said["items"]
    assert line["proposals"][0]["amount"] == {"minor": 1000_00, "currency": "EUR"}
    assert (line["ordered"], line["rate"]) == (None, "")
    place = f"/v1/bank-lines/{line['id']}/conversions"
    told = program.get(place, invoice=row.pk).said
    assert (told["pays"]["minor"], told["rate"], told["is_of_day"], told["published_on"]) == (
        990_00, "0.8333333333", True, str(MONDAY),
    )  # fmt: skip
    told = program.get(place, invoice=row.pk, rate="0.8417508418").said
    assert (told["pays"]["minor"], told["at_day"]["minor"], told["is_of_day"]) == (
        1000_00, 990_00, False,
    )  # fmt: skip
    far = program.get(place, invoice=row.pk, rate="1.2")
    assert (far.status_code, far.said["code"]) == (409, "payment_rate_too_far")

    said = {"invoice": str(row.pk), "paid": told["paid"], "pays": told["pays"]}
    done = program.post(place, said)
    assert (done.status_code, done.said["unapplied"]["minor"]) == (201, 0)
    again = program.post(place, said)
    assert (again.status_code, again.said["code"]) == (409, "nothing_to_allocate")
    assert program.get(f"/v1/invoices/{row.pk}").said["outstanding"]["minor"] == 0
    gone = program.delete(f"/v1/bank-lines/{line['id']}/allocations/{row.pk}")
    assert gone.status_code == 204
    (line,) = program.get("/v1/bank-lines", unapplied="true").said["items"]
    assert line["unapplied"] == {"minor": 1188_00, "currency": "USD"}
    assert broken() == []


def test_what_the_statement_tells_of_the_exchange() -> None:
    teller = Teller()
    teller.accepts({"": "USD", "with": "0"}, world.NOW)
    rates(FRIDAY, USD="1.25")
    row = hand_in(teller.place, "E-1", "1000.00", "EUR")
    rates(MONDAY, USD="1.20")
    pays(teller, "1188.00 USD", "E-1", TUESDAY, ordered="1000.00 EUR", rate="1.188", unit="EUR")
    program = key("read", owner="carl")
    (line,) = program.get("/v1/bank-lines", verdict="probable").said["items"]
    assert line["ordered"] == {"minor": 1000_00, "currency": "EUR"}
    assert line["rate"] == "1 EUR = 1.188"
    told = program.get(f"/v1/bank-lines/{line['id']}/conversions", invoice=row.pk).said
    assert (told["pays"]["minor"], told["rate"]) == (1000_00, "0.8417508418")


def test_a_line_is_split_over_several_invoices(program: Program, place: world.World) -> None:
    one, other = funded(place), funded(place, "R-2")
    data = statement(one, "4000.00", text="thank you")
    program.send("/v1/statements", {"file": named(data, "s.xml")})
    drain(send=False)
    (line,) = program.get("/v1/bank-lines", unapplied="true").said["items"]
    shares = {row: {"minor": minor, "currency": "EUR"}
              for row, minor in ((one, 250000), (other, 100000))}  # fmt: skip
    parts = [{"invoice": str(row.pk), "amount": amount} for row, amount in shares.items()]
    splits = f"/v1/bank-lines/{line['id']}/splits"
    twice = program.post(splits, {"parts": [parts[0], parts[0]]})
    assert (twice.status_code, twice.said["code"]) == (422, "invalid_request")
    unknown = program.post(splits, {"parts": [parts[0], parts[1] | {"invoice": str(uuid4())}]})
    assert unknown.status_code == 404
    too_much = parts[1] | {"amount": {"minor": 150001, "currency": "EUR"}}
    refused = program.post(splits, {"parts": [parts[0], too_much]})
    assert (refused.status_code, refused.said["code"]) == (409, "nothing_to_allocate")
    assert not models.Allocation.objects.exists(), "all or none"
    said = program.post(splits, {"parts": parts})
    assert (said.status_code, said.said["unapplied"]["minor"]) == (201, 50000)
    assert said.said["parts"] == parts
    owed = [program.get(f"/v1/invoices/{row.pk}").said["outstanding"]["minor"] for row in shares]
    assert owed == [750000, 900000]
