"""Two who want the same crosswise: one of them is told to come again, and nothing is half done."""

import pytest

from tests.crosswise import crosswise
from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance import models
from usance.engine import Cluster

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_loses_a_lock_is_told_to_come_again(signed_in: SignedIn, cluster: Cluster) -> None:
    day.build()
    paid = models.Allocation.objects.select_related("line").get(line__bank_reference="BR1")
    cash, page = signed_in("cash"), f"/cash/allocations/{paid.pk}/undo"
    with crosswise(cluster, last="invoice", first="bank_line"):
        busy = cash.post(page)
    assert (busy.status_code, busy["Retry-After"]) == (503, "2")
    assert "Nothing was half done" in busy.content.decode()
    paid.refresh_from_db()
    assert (paid.undone_at, paid.line.unapplied_minor) == (None, 0)

    assert cash.post(page).status_code == 302
    paid.refresh_from_db()
    assert paid.undone_at is not None
