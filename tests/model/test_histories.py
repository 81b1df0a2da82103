"""Random histories, by seed: the books on the database are those of the model, step by step."""

import pytest

from tests.locking import in_one_order

from .history import History
from .place import DEALS, OTHERS, SHARED, Deal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("seed", "deals"), [
    (1, DEALS[:2]),  # With recourse and brackets; without recourse and interest on funds in use.
    (2, DEALS[2:]),  # No decimals; three of them; recourse that is limited and put off.
    (3, SHARED),  # Yen that a facility in euros takes, at another rate each day.
    (4, OTHERS),  # Pledged, confirmed and confidential; leasts of fees, small differences.
])  # fmt: skip
def test_a_history_leaves_the_books_of_the_model(seed: int, deals: tuple[Deal, ...]) -> None:
    history = History(seed, deals)
    with in_one_order():
        history.run(30)
