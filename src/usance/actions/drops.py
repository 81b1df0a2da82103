"""Take in files that lie in a client's folder, each once, whatever dies in between.

A file is known by the client, its name with its path, and its bytes. So a file that was taken and
could not be moved away is found again, and told again to which batch it went.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection

from usance import models
from usance.domain.finding import Severity

from . import intake


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one file of the folder."""

    name: str
    sha256: str
    batch: int
    before: bool  # It was taken in earlier: nothing was done now.
    invoices: int
    findings: tuple[dict[str, str], ...]

    @property
    def failed(self) -> bool:
        """Nothing came out of it, and something stands against it."""
        fatal = any(one.get("severity") == Severity.FATAL for one in self.findings)
        return not self.invoices and fatal

    def plain(self) -> dict[str, Any]:
        """As the file beside it says it."""
        status = "failed" if self.failed else "taken_before" if self.before else "taken"
        return {
            "file": self.name, "sha256": self.sha256, "status": status, "batch": self.batch,
            "invoices": self.invoices, "findings": list(self.findings),
        }  # fmt: skip


@contextmanager
def alone(client: UUID) -> Iterator[bool]:
    """Whether nobody else takes from this client's folders now. Ends with the connection, so that a
    dead process holds nothing."""
    key = client.int % (1 << 62)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def take(
    files: Sequence[intake.File], *, client: UUID, way: str, at: datetime, actor: str
) -> list[Result]:
    """One batch of what is new; a result for each file, in their order. Call it `alone`."""
    hashes = [sha256(file.data).hexdigest() for file in files]
    keys = [(file.name[-255:], digest) for file, digest in zip(files, hashes, strict=True)]
    before = _known(keys, client=client, way=way)
    new = {key: file for key, file in zip(keys, files, strict=True) if key not in before}
    if new:
        intake.receive(list(new.values()), client=client, way=way, at=at, actor=actor)
    known = _known(keys, client=client, way=way)
    return [_result(known[key], before=key in before) for key in keys]


def _known(
    keys: Sequence[tuple[str, str]], *, client: UUID, way: str
) -> dict[tuple[str, str], models.ReceivedFile]:
    rows = models.ReceivedFile.objects.filter(
        document__in={digest for _, digest in keys}, name__in={name for name, _ in keys},
        within=None, batch__client=client, batch__way=way,
    ).select_related("batch")  # fmt: skip
    return {(row.name, row.document_id): row for row in rows.order_by("-id")}


def _result(row: models.ReceivedFile, *, before: bool) -> Result:
    """Of the file and of all that was wrapped in it."""
    members = list(models.ReceivedFile.objects.filter(within=row).order_by("id"))
    deeper = models.ReceivedFile.objects.filter(within__in=members).order_by("id")
    whole = [row, *members, *deeper]
    return Result(
        name=row.name, sha256=row.document_id, batch=row.batch.number, before=before,
        invoices=sum(one.taken for one in whole),
        findings=tuple({"file": one.name, **said} for one in whole for said in one.findings),
    )  # fmt: skip
