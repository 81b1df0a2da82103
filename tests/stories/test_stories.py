"""Every story is told on the database, through the actions, and held against its tables."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from tests.locking import in_one_order
from tests.stories import reading
from tests.stories.telling import Teller
from usance import models
from usance.domain.journal import NAMES
from usance.domain.money import Money
from usance.letters.languages import words_of
from usance.queries import doctor, trial
from usance.queries.reports import catalogue, table

STORIES = sorted(Path(__file__).parent.glob("*.md"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_books_say_what_the_story_says(path: Path) -> None:
    story = reading.read(path)
    teller = Teller()
    with in_one_order():
        for step in story.steps:
            assert teller.tell(step) == list(step.moves), f"{path.name}:{step.line} {step.word}"

    assert _balance() == story.balance
    assert [answer.rule for answer in doctor.examine() if not answer.kept] == []
    _each_movement_has_its_word_and_its_number()


def test_each_word_means_one_thing() -> None:
    words = [word for kind in Teller.__mro__ for word in vars(kind) if not word.startswith("_")]
    assert sorted(words) == sorted(set(words))


def _balance() -> dict[str, str]:
    found = {}
    for (account, currency), (debit, credit) in sorted(trial.balance().items()):
        if debit != credit:
            amount = Money(abs(debit - credit), currency).decimal
            side = "debit" if debit > credit else "credit"
            found[f"{account.value} {NAMES[account]} {currency}"] = f"{amount:,} {side}"
    return found


def _each_movement_has_its_word_and_its_number() -> None:
    """On the statement of each client: a word that ends in "invoice" stands before a number."""
    report, own = catalogue.report("client-statement"), words_of("statement", "en")
    assert own is not None
    last = datetime.combine(date(2026, 12, 31), time(18), UTC)
    for client in models.Client.objects.all():
        asked = catalogue.ask(report, {"client": str(client.pk), "since": "2026-01-01"}, at=last)
        for row in table.rows(report, asked):
            _, _, kind, because, number, *_ = row.cells
            assert bool(number) or not own["kinds"][kind].endswith("invoice"), because
