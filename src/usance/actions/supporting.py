"""File papers that support invoices: with the invoice that they name, or until one comes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.capture import supporting
from usance.domain.capture.marks import marked
from usance.domain.capture.reading import Page
from usance.domain.capture.supporting import Kind, Named
from usance.domain.capture.titles import INVOICES, titled
from usance.domain.events import Kind as Event
from usance.domain.invoice import Invoice
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.models.bulk import change
from usance.plugins import Unreadable
from usance.plugins.scans import pdf_text
from usance.queries import supporting as queries

from .diary import Line, note
from .documents import Content, keep

MOST_TEXT = 200_000  # Characters of a paper that are looked at.
MOST_INVOICES = 20  # With which one paper is filed by itself; beyond, a person says.
TABLES = (".csv", ".tsv", ".xlsx", ".ods", ".json")  # Their cells are no title.


class FiledAlready(Refusal):
    code = "supporting_filed_already"
    todo = "It is there; look at the papers of that invoice."


class NotFiled(Refusal):
    code = "supporting_not_filed"
    todo = "File it with an invoice first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper that is no invoice, on its way to one."""

    document: str  # SHA-256
    name: str
    kind: Kind
    because: str
    names: frozenset[str]  # What it may name, as domain.capture.supporting compares.
    file: UUID | None = None
    client: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """An invoice that was just taken in."""

    invoice: UUID
    client: UUID
    number: str
    paper: Invoice


def seen_as(name: str, data: bytes) -> tuple[supporting.Recognised, frozenset[str]] | None:
    """Which supporting paper a file is, and what it names; None: nothing says that it is one."""
    pages = _pages(data)
    text = _text(name, data, pages)
    found = supporting.recognised(name, text)
    if found is not None and titled(marked(pages[:1])) in INVOICES:
        return None  # What a line of small print names is no title where a larger one says invoice.
    return None if found is None else (found, supporting.names_in(name, text))


def file_new(papers: Sequence[Paper], invoices: Sequence[New], *, at: datetime, actor: str) -> None:
    """File what came together: the papers, what the e-invoices carry in themselves (BG-24), and
    what waited for one of these invoices. In the caller's transaction."""
    _file_embedded(invoices, at=at, actor=actor)
    named = [supporting.named(one.invoice, one.paper, one.number) for one in invoices]
    if named:
        _place_waiting({one.client for one in invoices}, named, at=at, actor=actor)
    clients = {one.client for one in invoices}
    rows: list[models.Supporting] = []
    for paper in papers:
        owners = {paper.client} if paper.client else clients
        rows += _rows(paper, named, owners, at=at, actor=actor)
    _add(rows, at=at, actor=actor)


@transaction.atomic
def attach(
    invoice: UUID, content: Content, *, kind: Kind, role: Role | None, at: datetime, actor: str
) -> models.Supporting:
    """A person or program files a paper with this invoice. `role` None: a program does.

    :raises NotAllowed: if the role may not.
    :raises FiledAlready: if the same bytes are filed with it.
    """
    if role is not None:
        require(role, Act.TAKE_IN)
    owner = models.Invoice.objects.values_list("client_id", flat=True).get(pk=invoice)
    (sha256,) = keep([content], at=at)
    row = models.Supporting(
        document_id=sha256, client_id=owner, invoice_id=invoice, kind=kind,
        name=content.name[-255:], because="Filed by hand.", filed_at=at, filed_by=actor[:64],
    )  # fmt: skip
    if not _add([row], at=at, actor=actor):
        raise FiledAlready(f"{content.name} is filed with this invoice")
    return row


@transaction.atomic
def move(pk: UUID, invoice: UUID, *, role: Role, at: datetime, actor: str) -> models.Supporting:
    """File it with this invoice, and with the one where it was no longer.

    :raises NotAllowed: if the role may not.
    :raises FiledAlready: if the same bytes are filed there.
    """
    require(role, Act.TAKE_IN)
    row = models.Supporting.objects.select_for_update(no_key=True).get(pk=pk)
    target = models.Invoice.objects.get(pk=invoice)
    if models.Supporting.objects.filter(document=row.document_id, invoice=target).exists():
        raise FiledAlready(f"{row.name} is filed with {target.number}")
    before = row.invoice_id
    if before is not None:
        particulars = {"name": row.name, "remark": f"moved to {target.number}"}
        note(Event.SUPPORTING_REMOVED, [Line(pk, before, particulars)], at=at, actor=actor)
    row.invoice, row.client_id, row.for_debtor = target, target.client_id, False
    row.because, row.filed_at, row.filed_by = "Filed by hand.", at, actor[:64]
    row.save()
    _note([row], at=at, actor=actor)
    return row


@transaction.atomic
def remove(pk: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """It belongs to no invoice: it waits again, or is let go if another row has it. Its bytes stay.

    :raises NotAllowed: if the role may not.
    """
    require(role, Act.TAKE_IN)
    row = models.Supporting.objects.select_for_update().get(pk=pk)
    particulars = {"name": row.name, "remark": ""}
    note(Event.SUPPORTING_REMOVED, [Line(pk, row.invoice_id, particulars)], at=at, actor=actor)
    row.delete()


@transaction.atomic
def choose(pk: UUID, *, for_debtor: bool, role: Role, at: datetime, actor: str) -> None:
    """Whether it goes out to the debtor with the invoice. Nothing does unless somebody said so.

    :raises NotAllowed: if the role may not.
    :raises NotFiled: if it is with no invoice.
    """
    require(role, Act.RESEND)
    row = models.Supporting.objects.select_for_update(no_key=True).get(pk=pk)
    if row.invoice_id is None:
        raise NotFiled(f"{row.name} waits for its invoice")
    row.for_debtor = for_debtor
    row.save(update_fields=["for_debtor"])
    word = "It goes to the debtor with the invoice." if for_debtor else "It stays with us."
    line = Line(pk, row.invoice_id, {"name": row.name, "kind": row.kind, "because": word})
    note(Event.SUPPORTING_FILED, [line], at=at, actor=actor)


def _file_embedded(invoices: Sequence[New], *, at: datetime, actor: str) -> None:
    """BG-24: what an e-invoice carries in itself."""
    carried = [
        (one, attached, attached.file_name or attached.reference or "attachment")
        for one in invoices
        for attached in one.paper.attachments
        if attached.content
    ]
    hashes = keep(
        [
            Content(
                data=attached.content or b"", name=name[-255:],
                media_type=attached.media_type[:100] or "application/octet-stream",
            )
            for _, attached, name in carried
        ],
        at=at,
    )  # fmt: skip
    rows = []
    for (one, attached, name), sha256 in zip(carried, hashes, strict=True):
        seen = supporting.recognised(f"{attached.description} {name}", "")
        rows.append(
            models.Supporting(
                document_id=sha256, client_id=one.client, invoice_id=one.invoice,
                kind=seen.kind if seen else Kind.OTHER, name=name[-255:],
                because="The e-invoice carries it in itself (BG-24).",
                filed_at=at, filed_by=actor[:64],
            )
        )  # fmt: skip
    _add(rows, at=at, actor=actor)


def _rows(
    paper: Paper,
    named: Sequence[Named],
    clients: Collection[UUID],
    *,
    at: datetime,
    actor: str,
) -> list[models.Supporting]:
    """A row for each invoice that it names: in its own batch, else before; else one that waits."""
    found = supporting.belongs_to(paper.names, named)
    found = found or supporting.belongs_to(paper.names, queries.named(clients))
    because = "No invoice that it names has come yet."
    if len(found) > MOST_INVOICES:
        because, found = f"It names what {len(found)} invoices share.", {}
    with_these: dict[UUID | None, str] = {
        pk: f"{paper.because} It names {words}." for pk, words in found.items()
    }
    owner = paper.client or (next(iter(clients)) if len(clients) == 1 else None)
    return [
        models.Supporting(
            document_id=paper.document, file_id=paper.file, client_id=owner, invoice_id=invoice,
            kind=paper.kind, name=paper.name[-255:], because=why[:200],
            names=[] if invoice else sorted(paper.names),
            filed_at=at, filed_by=actor[:64],
        )
        for invoice, why in (with_these or {None: f"{paper.because} {because}"}).items()
    ]  # fmt: skip


def _place_waiting(
    clients: Collection[UUID], named: Sequence[Named], *, at: datetime, actor: str
) -> None:
    waiting = models.Supporting.objects.select_for_update(no_key=True, skip_locked=True)
    placed: list[models.Supporting] = []
    more: list[models.Supporting] = []
    for row in waiting.filter(client__in=clients, invoice=None).order_by("-filed_at")[:1000]:
        found = list(supporting.belongs_to(row.names, named).items())[:MOST_INVOICES]
        for place, (invoice, words) in enumerate(found):
            one = row if not place else models.Supporting(
                document_id=row.document_id, file_id=row.file_id, client_id=row.client_id,
                kind=row.kind, name=row.name,
            )  # fmt: skip
            one.invoice_id, one.because, one.names = invoice, f"It names {words}."[:200], []
            one.filed_at, one.filed_by = at, actor[:64]
            (more if place else placed).append(one)
    change(placed, ["invoice_id", "because", "names", "filed_at", "filed_by"])
    _note(placed, at=at, actor=actor)
    _add(more, at=at, actor=actor)


def _add(rows: Iterable[models.Supporting], *, at: datetime, actor: str) -> int:
    """Those that are not there yet; how many."""
    rows = list(rows)
    if not rows:
        return 0
    there: set[tuple[str, UUID | None]] = set(
        models.Supporting.objects.filter(
            document_id__in={row.document_id for row in rows}
        ).values_list("document_id", "invoice_id")
    )
    new = []
    for row in rows:
        key = (row.document_id, row.invoice_id)
        if row.invoice_id is None or key not in there:
            there.add(key)
            new.append(row)
    models.Supporting.objects.bulk_create(new)
    _note([row for row in new if row.invoice_id], at=at, actor=actor)
    return len(new)


def _note(rows: Sequence[models.Supporting], *, at: datetime, actor: str) -> None:
    lines = [
        Line(row.pk, row.invoice_id, {"name": row.name, "kind": row.kind, "because": row.because})
        for row in rows
    ]
    note(Event.SUPPORTING_FILED, lines, at=at, actor=actor)


def _pages(data: bytes) -> Sequence[Page]:
    """The pages of a PDF that says its words; none of anything else."""
    if not pdf_text.sniff(data):
        return ()
    try:
        pages, _ = pdf_text.read(data, with_pictures=False)
    except Unreadable:
        return ()  # Said where the file is read as an invoice.
    return pages


def _text(name: str, data: bytes, pages: Sequence[Page]) -> str:
    """The words that the file says itself; empty: none, or they are cells of a table."""
    if name.lower().endswith(TABLES):
        return ""
    if pages:
        return "\n".join(" ".join(word.text for word in page.words) for page in pages)[:MOST_TEXT]
    if pdf_text.sniff(data) or b"\0" in data[:4096]:
        return ""
    return data[: 4 * MOST_TEXT].decode("utf-8", "replace")[:MOST_TEXT]
