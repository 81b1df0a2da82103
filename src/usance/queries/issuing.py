"""Invoices that we write for clients: lists of drafts, what stands in their way, how they look."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.models import QuerySet, Sum

from usance import letters, models
from usance.domain import intake
from usance.domain.finding import Finding, blocking
from usance.domain.intake.entry import Entry, paper
from usance.domain.intake.issuing import OPEN, PATTERNS, State, dated
from usance.domain.money import Money
from usance.domain.party import Address as Place
from usance.domain.party import Identifier, Party
from usance.domain.refusal import Refusal
from usance.domain.verification.profiles import Profile
from usance.letters import facts
from usance.plugins.einvoices import _verdict, ubl

from . import disclosure, parcels, parties

UNNUMBERED = "DRAFT"  # Stands on a draft where its number will stand.


class NoPreview(Refusal):
    code = "draft_has_no_preview"
    todo = "Complete the draft: its findings say what is missing."


def in_state(state: State) -> "QuerySet[models.Draft]":
    """Drafts with their client and debtor, to be listed by id."""
    return models.Draft.objects.filter(state=state).select_related("client", "debtor", "invoice")


def recurring(client: UUID | None = None) -> "QuerySet[models.Recurring]":
    """What is written each month, of one client or of all."""
    rows = models.Recurring.objects.filter(stopped_at=None).select_related("client", "debtor")
    return rows.filter(client=client) if client else rows


def gross_of(row: models.Recurring) -> Money:
    """What one period comes to."""
    said = row.entry()
    return Money.of(str(paper(said).totals.gross), said.currency)


def party(row: models.Client | models.Debtor) -> Party:
    """A company of the register as it stands on a paper."""
    return Party(
        name=row.name,
        vat_id=row.vat_id,
        legal_id=Identifier(value=row.legal_id) if row.legal_id else None,
        address=Place(street=row.street, postcode=row.postcode, city=row.city, country=row.country),
    )


def debtor_of(buyer: Party) -> UUID | None:
    """The debtor of the register that is surely meant."""
    return parties.debtors_of([buyer]).get(buyer)


def written(row: models.Draft, *, today: date) -> Entry:
    """The draft as it would be issued today: by its client, to its debtor, with its dates."""
    said = replace(row.entry(), seller=party(row.client), number=row.number or UNNUMBERED)
    return dated(
        said, today=row.issued_at.date() if row.issued_at else today, due_days=row.due_days
    )


def findings(row: models.Draft, *, today: date) -> tuple[Finding, ...]:
    """What stands in the way: what is missing, what the official rules say, credited too much."""
    made = paper(written(row, today=today))
    claim, faults = intake.receivable(made)
    if claim is None:
        return faults
    data = ubl.write(made, {})
    found = [
        *faults,
        *_confidential(row, today=today),
        *_verdict.verdict(data, profile=Profile.EN16931, on=today, today=today).findings,
    ]
    if row.kind == "credit_note":
        found += _credit(row, claim.face)
    elif claim.face.minor <= 0:
        found.append(Finding(code="amount_not_positive", says="There is nothing to pay.",
                             where="BT-115", todo="Write a credit note."))  # fmt: skip
    return tuple(found)


def _confidential(row: models.Draft, *, today: date) -> list[Finding]:
    """What we issue names us and goes out by us: the debtor would know."""
    if row.kind == "credit_note" or not disclosure.is_silent(row.client_id, row.currency, on=today):
        return []
    return [Finding(code="confidential_not_issued",
                    says="Confidential terms hold with the client: we send its debtors nothing.",
                    todo="The client issues it itself and hands it in.")]  # fmt: skip


def stops(row: models.Draft, *, today: date) -> tuple[Finding, ...]:
    return blocking(findings(row, today=today))


def credited(invoice: UUID) -> int:
    """How much of an invoice its credit notes take away, in minor units."""
    notes = models.Invoice.objects.filter(credited=invoice).exclude(stage="rejected")
    return notes.aggregate(minor=Sum("face_minor"))["minor"] or 0


def _credit(row: models.Draft, face: Money) -> list[Finding]:
    target = row.credits
    if target is None:
        return [Finding(code="credited_unknown", where="BT-25",
                        says="The credited invoice is not in the books.",
                        todo="Write the number of the client's invoice.")]  # fmt: skip
    left = Money(target.face_minor - credited(target.pk), target.currency)
    if face.currency != left.currency or face > left:
        return [Finding(code="credited_too_much", where="BT-115",
                        says=f"{face} is credited, {left} of {target.number} is left to credit.",
                        todo="Credit less.")]  # fmt: skip
    return []


def below(client: UUID, currency: str) -> Money | None:
    """Below what the client's drafts go out without a second person. None: never."""
    row = models.IssuingRule.objects.filter(client=client, currency=currency).first()
    return row.below if row else None


def settings(client: UUID) -> tuple[dict[str, str], list[Money]]:
    """The patterns of a client's numbers by kind, and below what its drafts go out at once."""
    rows = models.NumberSeries.objects.filter(client=client)
    own = dict(rows.values_list("kind", "pattern"))
    rules = models.IssuingRule.objects.filter(client=client).order_by("currency")
    return {**PATTERNS, **own}, [row.below for row in rules]


def pattern(client: UUID, kind: str) -> str:
    row = models.NumberSeries.objects.filter(client=client, kind=kind).first()
    return row.pattern if row else PATTERNS[kind]


def preview(row: models.Draft, *, today: date) -> bytes:
    """The letter as the debtor would get it, with the client's brand and ours: a PDF.

    :raises NoPreview: if the draft lacks what a letter needs.
    """
    made = paper(written(row, today=today))
    claim, faults = intake.receivable(made)
    us = parcels.ours()
    account = us.accounts.get(row.currency)
    if claim is None:
        raise NoPreview(" ".join(one.says for one in faults))
    if account is None:
        raise NoPreview(f"we have no account in {row.currency}")
    known = row.debtor
    language = letters.nearest(known.language if known else row.client.language)
    told = facts.InvoiceLetter(
        invoice=made,
        client=parcels.brand(row.client),
        factor=parcels.brand(us.factor),
        account=account,
        reference=row.invoice.payment_reference if row.invoice else UNNUMBERED,
        payable=claim.face,
        recipient=facts.Recipient(name=made.buyer.name, address=made.buyer.address),
    )
    wording = us.templates.wording(row.client_id, row.kind, language)
    return letters.render(row.kind, language, told, wording=wording)


def of_client(client: UUID | None, states: Sequence[State] = OPEN) -> "QuerySet[models.Draft]":
    """Drafts in these states; `client` None: of all clients."""
    rows = models.Draft.objects.filter(state__in=states).select_related("client", "debtor")
    return rows if client is None else rows.filter(client=client)
