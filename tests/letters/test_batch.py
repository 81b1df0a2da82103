"""Many letters, in this process or in spawned ones: the same bytes in the same order."""

from collections.abc import Iterator

import pytest

from usance.letters import render, render_facturx
from usance.letters.batch import CHUNK, Job, render_many
from usance.letters.languages import UnknownLanguage

from . import samples


def jobs(count: int) -> Iterator[Job]:
    for nth in range(count):
        language = ("sv", "de", "en")[nth % 3]
        yield Job(letter="first_reminder", language=language, facts=samples.reminder())


@pytest.mark.parametrize("processes", [0, 1])
def test_the_order_is_kept_and_the_bytes_are_the_same(processes: int) -> None:
    count = CHUNK + 3
    expected = [render("first_reminder", lang, samples.reminder()) for lang in ("sv", "de", "en")]
    made = list(render_many(jobs(count), processes=processes))
    assert made == [expected[nth % 3] for nth in range(count)]


def test_a_job_with_xml_becomes_a_factur_x() -> None:
    facts = samples.german(1)
    job = Job(letter="invoice", language="de", facts=facts, xml=b"<a/>")
    (made,) = render_many([job])
    assert made == render_facturx("invoice", "de", facts, xml=b"<a/>")


def test_nothing_is_printed_before_it_is_asked_for() -> None:
    endless = iter(lambda: Job(letter="notice", language="sv", facts=samples.notice()), None)
    assert next(render_many(endless)).startswith(b"%PDF-")


def test_a_refusal_comes_through_the_processes() -> None:
    job = Job(letter="notice", language="pl", facts=samples.notice())
    with pytest.raises(UnknownLanguage):
        list(render_many([job], processes=1))
