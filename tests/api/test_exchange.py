"""Exchange rates for programs: a file, a typed one and its second person, the books at home."""

from base64 import b64encode
from datetime import date

import pytest

from tests import world
from tests.actions.test_exchange import END, MONDAY, booked, rates
from tests.api.conftest import key
from tests.plugins.rates.test_ecb import DAY, file
from usance.domain.journal import Account

pytestmark = pytest.mark.django_db


def test_from_a_file_to_the_books_in_one_currency() -> None:
    world.build()
    ann, bob = (key("read", "write", "finance", owner=name) for name in ("ann", "bob"))
    content = b64encode(file(DAY.format("1.0826"))).decode()
    sent = {"file": {"name": "daily.xml", "content": content}}
    assert ann.post("/v1/exchange-rates/files", sent).said == {"rates": 2, "new": 2}
    assert ann.post("/v1/exchange-rates/files", sent).said == {"rates": 2, "new": 0}
    broken = {"file": {"name": "daily.xml", "content": "PHgvPg=="}}
    no = ann.post("/v1/exchange-rates/files", broken)
    assert (no.status_code, no.said["code"]) == (409, "exchange_rates_unreadable")
    listed = ann.get("/v1/exchange-rates?currency=USD").said["items"]
    assert [(one["per_euro"], one["state"]) for one in listed] == [("1.0826", "known")]

    assert ann.get("/v1/ledger/home-balance").said["currency"] == ""
    chosen = ann.post("/v1/ledger/home-currency", {"currency": "EUR"})
    assert (chosen.status_code, chosen.said) == (201, {"currency": "EUR", "is_fixed": False})
    booked("capital:1", Account.BANK, Account.CAPITAL, "125.00", "USD", MONDAY)
    rates(MONDAY, USD="1.25")
    asked = {"month": "2026-03"}
    lacking = ann.post("/v1/ledger/revaluations", asked)
    assert (lacking.status_code, lacking.said["code"]) == (409, "exchange_rate_missing")
    typed = {"currency": "USD", "published_on": str(END), "per_euro": "1.20", "says": "A bank"}
    row = ann.post("/v1/exchange-rates", typed).said
    alone = ann.post(f"/v1/exchange-rates/{row['id']}/agreements", {"digest": row["digest"]})
    assert (alone.status_code, alone.said["code"]) == (403, "second_person_needed")
    agreed = bob.post(f"/v1/exchange-rates/{row['id']}/agreements", {"digest": row["digest"]})
    assert (agreed.status_code, agreed.said["state"]) == (201, "known")
    late = bob.post(f"/v1/exchange-rates/{row['id']}/refusals")
    assert (late.status_code, late.said["code"]) == (409, "exchange_rate_decided")
    assert ann.post("/v1/ledger/revaluations", asked).said == {
        "days": 1, "missing": [], "entries": 2,
    }  # fmt: skip
    found = ann.get(f"/v1/ledger/home-balance?as_of={END}").said
    assert {one["account"]: one["balance"]["minor"] for one in found["accounts"]} == {
        "1000": 104_17, "3000": -100_00, "4310": -4_17,
    }  # fmt: skip
    (bank, _capital) = found["positions"]
    assert (bank["rate"], bank["unrealised"]["minor"], found["unvalued"]) == (
        "0.8333333333", 4_17, [],
    )  # fmt: skip
    assert date.fromisoformat(found["as_of_on"]) == END
    fixed = ann.post("/v1/ledger/home-currency", {"currency": "SEK"})
    assert (fixed.status_code, fixed.said["code"]) == (409, "home_currency_fixed")
    assert ann.get("/v1/ledger/home-currency").said == {"currency": "EUR", "is_fixed": True}
