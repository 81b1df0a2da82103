"""What goes out for a dispatch: the facts of its letter, the printed document, the parcel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

import msgspec
from django.core.files.storage import storages
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from usance import law, letters, models
from usance.domain.distribution import (
    ACCOMPANIES,
    Attachment,
    Form,
    Kind,
    Paper,
    Parcel,
    State,
    enclosed,
)
from usance.domain.finance import Product
from usance.domain.invoice import Invoice, network
from usance.domain.invoice import Kind as Claimed
from usance.domain.invoice.assignment import assigned
from usance.domain.invoice.document import Account
from usance.domain.money import Money
from usance.domain.party import Address, Identifier, Payee
from usance.letters import facts, mail
from usance.letters.printing import Printing, printing_of
from usance.letters.short import short
from usance.plugins.channels._hybrid_words import PAYMENT
from usance.plugins.einvoices import cii, ubl

from . import accounts, brought, disclosure, outside, portal, push, releases, supporting, templates

PDF = "application/pdf"


def queued(dispatches: Sequence[UUID]) -> list[models.Dispatch]:
    """Those that may be sent now, with everything that their letters need, in one query."""
    due = models.Dispatch.objects.filter(pk__in=dispatches, state=State.QUEUED)
    due = due.filter(Q(not_before=None) | Q(not_before__lte=Now()))
    return list(whole(due).order_by("planned_at", "pk"))


def whole(rows: QuerySet[models.Dispatch]) -> QuerySet[models.Dispatch]:
    """With everything that their letters need."""
    return rows.select_related(
        "invoice__client",
        "invoice__debtor",
        "invoice__paper",
        "invoice__funding__facility",
        "reminder",
        "beside__reminder",
        "release__account",
    ).prefetch_related(supporting.with_chosen())


@dataclass(frozen=True, slots=True)
class Ours:
    """What of us stands in every letter: asked once for a batch."""

    factor: models.Factor
    accounts: accounts.Accounts
    templates: templates.Templates


def ours() -> Ours:
    """Three queries."""
    us = models.Factor.objects.get()
    return Ours(
        us,
        accounts.Accounts(
            {row.currency: accounts.account(row, us) for row in models.BankAccount.objects.all()}
        ),
        templates.now(),
    )


def made(row: models.Dispatch, us: Ours) -> Parcel:
    """The parcel of a dispatch, written and printed now: the paper stands first. A message that
    accompanies another delivery carries no paper."""
    letter, language, told = letter_of(row, us)
    if row.kind in ACCOMPANIES:
        return _beside(row, letter, language, told, us)
    said = us.templates.wording(row.invoice.client_id, letter, language)
    online = None  # Nothing of it is to be paid to us any more.
    if row.paper != Paper.RELEASE:
        online = (portal.label(language), portal.link(row))
    subject, text, html = mail.mail(letter, language, told, wording=said, online=online)
    sold = None
    if isinstance(told, facts.InvoiceLetter):
        sold = _assigned(told, us, letters.clause(letter, language, told, wording=said))
    attachments = [_printed(row, letter, language, told, sold, wording=said, us=us)]
    if sold is not None:
        attachments += _enclosed(row, sold)
    if row.kind == Kind.EMAIL and row.paper == Paper.INVOICE:
        attachments += supporting.for_debtor(row.invoice)
    is_to_pay = row.paper == Paper.INVOICE and row.invoice.kind != Claimed.CREDIT_NOTE
    if is_to_pay and getattr(outside.carrier(row.carrier).channel, "PAYABLE", False):
        attachments.append(
            Attachment(
                name="payment.json",
                media_type=PAYMENT,
                content=msgspec.json.encode(_payment(row, us)),
            )
        )
    return Parcel(
        key=row.key,
        kind=Kind(row.kind),
        sender=us.factor.name,
        address=row.address,
        language=language,
        subject=subject,
        text=text,
        attachments=tuple(attachments),
        html=html if row.kind == Kind.EMAIL else "",
    )


def _beside(
    row: models.Dispatch, letter: str, language: str, told: facts.Facts, us: Ours
) -> Parcel:
    """The few words to a telephone or browser."""
    said = short(letter, language, told)
    assert said is not None, f"nothing goes beside a {letter}"
    return Parcel(
        key=row.key,
        kind=Kind(row.kind),
        sender=us.factor.name,
        address=row.address,
        language=language,
        subject=said.title,
        text=said.text,
        attachments=(),
    )


def seal(parcel: Parcel, hashes: Sequence[str]) -> dict[str, Any]:
    """What the row keeps of a parcel: everything, and of its attachments the hashes."""
    return {
        "sender": parcel.sender,
        "language": parcel.language,
        "subject": parcel.subject,
        "text": parcel.text,
        "html": parcel.html,
        "attachments": [
            {"name": one.name, "media_type": one.media_type, "sha256": digest}
            for one, digest in zip(parcel.attachments, hashes, strict=True)
        ],
    }


def unsealed(row: models.Dispatch) -> Parcel:
    """The parcel as it was sealed, byte for byte: a carrier may compare attempts of one key."""
    kept = row.sealed
    assert kept is not None
    return Parcel(
        key=row.key,
        kind=Kind(row.kind),
        sender=kept["sender"],
        address=row.address,
        language=kept["language"],
        subject=kept["subject"],
        text=kept["text"],
        attachments=tuple(
            Attachment(
                name=one["name"], media_type=one["media_type"], content=stored(one["sha256"])
            )
            for one in kept["attachments"]
        ),
        html=kept.get("html", ""),
    )


def address(debtor: models.Debtor, kind: Kind) -> Mapping[str, str]:
    """The keys by which this kind of channel finds the debtor."""
    if kind is Kind.EMAIL:
        return {"email": debtor.email, "name": debtor.name}
    if kind is Kind.EINVOICE:
        return {"einvoice": debtor.einvoice_id, "name": debtor.name}
    if kind is Kind.MAILBOX:
        return {"mailbox": debtor.mailbox_id, "name": debtor.name}
    if kind is Kind.SMS:
        return {"phone": debtor.phone, "name": debtor.name}
    if kind is Kind.PUSH:
        browser = push.browsers([debtor.pk]).get(debtor.pk)
        return browser.address() if browser else {}
    assert kind is Kind.LETTER, kind
    return {
        "name": debtor.name,
        "street": debtor.street,
        "postcode": debtor.postcode,
        "city": debtor.city,
        "country": debtor.country,
    }


def letter_of(row: models.Dispatch, us: Ours) -> tuple[str, str, facts.Facts]:
    """Name, language and facts of what this dispatch says."""
    language = letters.nearest(row.invoice.debtor.language)
    if row.paper == Paper.REMINDER:
        return _said_to(row.invoice, brought.reminder(row).letter), language, _reminder(row, us)
    if row.paper == Paper.RELEASE:
        whom = _recipient(row.invoice.debtor)
        told = releases.told(
            row, factor=brand(us.factor), client=brand(row.invoice.client), to=whom
        )
        return "release", language, told
    if row.paper == Paper.NOTICE:
        told = disclosure.told(
            row, factor=brand(us.factor), client=brand(row.invoice.client),
            to=_recipient(row.invoice.debtor), account=us.accounts[row.invoice.currency],
        )  # fmt: skip
        return "notice", language, told
    is_credit_note = row.invoice.kind == Claimed.CREDIT_NOTE
    return (
        "credit_note" if is_credit_note else _said_to(row.invoice, "invoice"),
        language,
        facts.InvoiceLetter(
            invoice=paper(row.invoice),
            client=brand(row.invoice.client),
            factor=brand(us.factor),
            account=us.accounts[row.invoice.currency],
            reference=row.invoice.payment_reference,
            payable=row.invoice.face,
            recipient=_recipient(row.invoice.debtor),
        ),
    )


def _said_to(row: models.Invoice, letter: str) -> str:
    """This letter, or what takes its place if it was bought on its debtor's undertaking."""
    bought: models.Funding | None = getattr(row, "funding", None)
    is_confirmed = bought is not None and bought.facility.product == Product.CONFIRMING
    return facts.CONFIRMED.get(letter, letter) if is_confirmed else letter


def paper(row: models.Invoice) -> Invoice:
    return msgspec.convert(row.paper.content, Invoice)


def stored(sha256: str) -> bytes:
    """The bytes of a document that was kept."""
    with opened(sha256) as file:
        return file.read()


def opened(sha256: str) -> BinaryIO:
    """The same as a file."""
    return cast(BinaryIO, storages["documents"].open(f"{sha256[:2]}/{sha256}"))


def brand(company: models.Client | models.Factor) -> facts.Brand:
    colour = company.brand_colour if isinstance(company, models.Client) else company.colour
    return facts.Brand(
        name=company.name,
        address=_address(company),
        colour=colour,
        company_id=company.legal_id,
        vat_id=company.vat_id,
        phone=company.phone,
        email=company.email,
    )


def _printed(
    row: models.Dispatch,
    letter: str,
    language: str,
    told: facts.Facts,
    sold: Invoice | None,
    *,
    wording: letters.Texts,
    us: Ours,
) -> Attachment:
    printing = _printing(row, us)
    online = None  # Other channels have the address in the message itself.
    if row.kind == Kind.LETTER and row.paper != Paper.RELEASE:
        online = (portal.label(language), portal.link(row, printed=True))
    if isinstance(told, facts.InvoiceLetter) and sold is not None:
        xml = cii.write(sold, {})
        data = letters.render_facturx(
            letter, language, told, xml=xml, wording=wording, printing=printing, online=online
        )
    else:
        data = letters.render(
            letter, language, told, wording=wording, printing=printing, online=online
        )
    if printing is not None:
        from usance.letters import printable  # Loads two readers of PDFs.

        data = printable.checked(data, printing, address=letters.window_lines(language, told))
    return Attachment(name=_file_name(row), media_type=PDF, content=data)


def _printing(row: models.Dispatch, us: Ours) -> Printing | None:
    """How the carrier of a letter prints; None: nobody prints it."""
    if row.kind != Kind.LETTER:
        return None
    return printing_of(outside.carrier(row.carrier).config, country=us.factor.country).of(row.key)


def _enclosed(row: models.Dispatch, sold: Invoice) -> list[Attachment]:
    """The invoice as XML, where the rule encloses it (domain.distribution.enclosed)."""
    to_authority = network.is_leitweg(sold.buyer_reference)
    chosen = enclosed(Kind(row.kind), country=row.invoice.debtor.country, to_authority=to_authority)
    made = []
    for form in chosen.forms:
        if form is Form.PEPPOL:
            to = network.addressed(sold, row.address["einvoice"])
            made.append(_xml("invoice.xml", network.keeping_to(to, network.PEPPOL)))
        elif form is Form.XRECHNUNG:
            made.append(_xml("xrechnung.xml", network.keeping_to(sold, network.XRECHNUNG)))
    return made


def _xml(name: str, invoice: Invoice) -> Attachment:
    content = ubl.write(invoice, {})
    return Attachment(name=name, media_type="application/xml", content=content)


def _assigned(told: facts.InvoiceLetter, us: Ours, clause: str) -> Invoice:
    name, legal_id = us.factor.name, us.factor.legal_id
    return assigned(
        told.invoice,
        to=Payee(name=name, legal_id=Identifier(value=legal_id) if legal_id else None),
        account=Account(
            number=told.account.iban_for(told.reference), name=name, bic=told.account.bic
        ),
        reference=told.reference,
        text=clause,
    )


def _payment(row: models.Dispatch, us: Ours) -> dict[str, object]:
    """What a hybrid distributor needs to print slips and offer payment."""
    return {
        "invoice_number": row.invoice.number,
        "reference": row.invoice.payment_reference,
        "amount": {"minor": row.invoice.face_minor, "currency": row.invoice.currency},
        "due_on": row.invoice.due_on.isoformat(),
        "account": us.accounts[row.invoice.currency].iban_for(row.invoice.payment_reference),
        "payer": row.invoice.debtor.name,
        "payee": us.factor.name,
    }


def _reminder(row: models.Dispatch, us: Ours) -> facts.Reminder:
    made, invoice = brought.reminder(row), row.invoice
    nothing = Money(0, made.currency)
    claimed = made.interest_minor is not None
    rate = None
    for period in law.late_interest(invoice.debtor.country) if claimed else ():
        if period.first <= made.made_on <= period.last:
            rate = period.rate * 100
    return facts.Reminder(
        written_on=made.made_on,
        client=brand(invoice.client),
        factor=brand(us.factor),
        debtor=_recipient(invoice.debtor),
        account=us.accounts[invoice.currency],
        reference=invoice.payment_reference,
        claims=(
            facts.Overdue(
                number=invoice.number,
                issued_on=invoice.issued_on,
                due_on=invoice.due_on,
                days_overdue=made.days_overdue,
                face=invoice.face,
                outstanding=Money(made.outstanding_minor + made.disputed_minor, made.currency),
                disputed=Money(made.disputed_minor, made.currency),
                interest=Money(made.interest_minor, made.currency) if claimed else nothing,
            ),
        ),
        pay_by=made.pay_by,
        interest_until=made.made_on,
        rate=rate,
    )


def _recipient(debtor: models.Debtor) -> facts.Recipient:
    return facts.Recipient(name=debtor.name, address=_address(debtor))


def _address(party: models.Client | models.Debtor | models.Factor) -> Address:
    return Address(
        street=party.street, postcode=party.postcode, city=party.city, country=party.country
    )


def _file_name(row: models.Dispatch) -> str:
    kept = "".join(ch if ch.isalnum() or ch in "-_" else "_" for ch in row.invoice.number)
    return f"{row.paper}-{kept}.pdf"
