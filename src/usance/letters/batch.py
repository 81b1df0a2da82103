"""Many letters: in this process, or in a few that were spawned (never forked, see press)."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice

from .facts import Facts, InvoiceLetter
from .languages import Texts
from .press import render, render_facturx
from .printing import Printing

CHUNK = 16  # Jobs handed over at once: a letter takes 20 ms, handing one over half a millisecond.


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    letter: str
    language: str
    facts: Facts
    xml: bytes = b""  # Makes it a Factur-X; empty: a plain letter.
    level: str = "EN 16931"
    wording: Texts | None = None
    printing: Printing | None = None


def render_many(jobs: Iterable[Job], *, processes: int = 0) -> Iterator[bytes]:
    """The PDFs in the order of the jobs, read as far ahead as the processes need and no further.

    `processes` 0 prints in this one. A Refusal of a job is raised when its turn comes.
    """
    if processes == 0:
        yield from map(_one, jobs)
        return
    spawn = multiprocessing.get_context("spawn")
    ahead: deque[Future[list[bytes]]] = deque()
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        waiting = iter(jobs)
        while chunk := list(islice(waiting, CHUNK)):
            ahead.append(pool.submit(_chunk, chunk))
            if len(ahead) > 2 * processes:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()


def _chunk(jobs: list[Job]) -> list[bytes]:
    return [_one(job) for job in jobs]


def _one(job: Job) -> bytes:
    if not job.xml:
        return render(
            job.letter, job.language, job.facts, wording=job.wording, printing=job.printing
        )
    assert isinstance(job.facts, InvoiceLetter), "only an invoice carries an invoice"
    return render_facturx(
        job.letter,
        job.language,
        job.facts,
        xml=job.xml,
        level=job.level,
        wording=job.wording,
        printing=job.printing,
    )
