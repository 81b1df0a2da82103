"""What the bank's connection brought and was refused, over the API."""

from datetime import timedelta

import pytest

from tests import world
from tests.api.conftest import key
from usance import models
from usance.actions.documents import Content, keep
from usance.domain.money import Money
from usance.domain.payment import Statement
from usance.plugins.statements._camt_write import write_camt053

pytestmark = pytest.mark.django_db
AT = "/v1/held-statements"


def test_a_refused_statement_is_imported_or_laid_aside() -> None:
    world.build()
    program = key("read", "write", "admin")
    nothing = Money(0, "EUR")
    told = Statement(
        account=world.OUR_EUR, currency="EUR", reference="S1", sequence="1", opening=nothing,
        closing=nothing, opened_on=world.TODAY, closed_on=world.TODAY,
    )  # fmt: skip
    content = Content(data=write_camt053(told, world.NOW), media_type="text/xml", name="s.xml")
    (document,) = keep([content], at=world.NOW)
    account = models.BankAccount.objects.get(iban=world.OUR_EUR)
    first, second = (
        models.HeldStatement.objects.create(
            account=account, document_id=document, on=world.TODAY - timedelta(days=ago),
            code="statement_gap", says="A gap", todo="Ask", held_at=world.NOW,
        )
        for ago in (2, 1)
    )  # fmt: skip
    assert [one["id"] for one in program.get(AT).said["items"]] == [str(second.pk), str(first.pk)]
    aside = program.post(f"{AT}/{first.pk}/dismissals", {"because": "Came by mail"})
    assert (aside.status_code, aside.said["code"]) == (201, "statement_gap")
    taken = program.post(f"{AT}/{second.pk}/imports", {"gap_known": True})
    assert (taken.status_code, taken.said["statements"]) == (201, 1)
    again = program.post(f"{AT}/{second.pk}/imports", {"gap_known": True})
    assert (again.status_code, again.said["code"]) == (409, "held_statement_decided")
    assert program.get(AT).said["items"] == []
