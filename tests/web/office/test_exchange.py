"""Exchange rates at the desk: imported, typed and agreed to; the books in one currency."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import world
from tests.plugins.rates.test_ecb import DAY, file
from tests.web.office.conftest import SignedIn
from tests.web.office.test_terms import second
from usance import models
from usance.actions.exchange import digest

pytestmark = pytest.mark.django_db
PLACE = "/settings/exchange"


def uploaded(data: bytes) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("eurofxref-daily.xml", data)}


def test_rates_come_by_file_and_by_two_people(signed_in: SignedIn) -> None:
    world.build()
    world.capital("1000.00", "EUR")
    world.capital("11000.00", "SEK")
    office = signed_in("finance")
    assert b"No rate is known yet" in office.get(PLACE).content
    assert b"no currency of its own" in office.get("/ledger/home").content
    broken = office.post(f"{PLACE}/files", uploaded(b"<x/>"))
    assert (broken.status_code, b"exchange_rates_unreadable" in broken.content) == (409, True)
    assert office.post(f"{PLACE}/files", uploaded(file(DAY.format("1.0826")))).status_code == 302
    assert b"1.0826" in office.get(PLACE).content
    assert office.post(f"{PLACE}/home", {"currency": "sek"}).status_code == 302

    at = f"/ledger/home?on={world.TODAY}"
    valued = office.post("/ledger/home/valuing", {"next": at}, follow=True).content
    assert b"No rate of SEK is known for 2026-03-02." in valued
    assert b"turnover that is not valued" in valued
    said = {"currency": "sek", "per_euro": "11,05", "on": "2026-03-02", "says": "Riksbanken"}
    wrong = office.post(f"{PLACE}/typed", said | {"per_euro": "eleven"})
    assert (wrong.status_code, b"exchange_rate_impossible" in wrong.content) == (409, True)
    assert office.post(f"{PLACE}/typed", said).status_code == 302
    row = models.ExchangeRate.objects.get(state="proposed")
    mine = office.post(f"{PLACE}/{row.pk}/agreement", {"seen": digest(row)})
    assert (mine.status_code, b"second_person_needed" in mine.content) == (409, True)
    assert second().post(f"{PLACE}/{row.pk}/agreement", {"seen": digest(row)}).status_code == 302
    office.post("/ledger/home/valuing", {"next": at})
    page = office.get(at).content.decode()
    assert ("22,050.00" in page, ">11.05<" in page, "Balanced" in page) == (True, True, True)
    late = office.post(f"{PLACE}/{row.pk}/refusal")
    assert (late.status_code, b"exchange_rate_decided" in late.content) == (409, True)
    refused = signed_in("cash").post(f"{PLACE}/home", {"currency": "EUR"})
    assert (refused.status_code, b"not_allowed" in refused.content) == (409, True)
