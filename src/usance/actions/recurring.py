"""Invoices that are written each month: once for each period, whatever day the job runs."""

import logging
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.intake.entry import Entry
from usance.domain.intake.issuing import periods, placeholders
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.letters.languages import PLACEHOLDER
from usance.models.issuing import plain
from usance.queries import issuing as questions

from . import issuing

log = logging.getLogger(__name__)
MOST_AT_ONCE = 24  # Periods that one run catches up; the next run goes on.


class PlaceholderUnknown(Refusal):
    code = "placeholder_unknown"
    todo = "Write {year}, {month}, {first} or {last}."


class RecurringUnclear(Refusal):
    code = "recurring_unclear"
    todo = "Give a day of the month from 1 to 31, and an end that lies behind the beginning."


class RecurringStopped(Refusal):
    code = "recurring_stopped"


@transaction.atomic
def agree(
    name: str,
    said: Entry,
    *,
    client: UUID,
    day: int,
    since: date,
    until: date | None,
    due_days: int,
    debtor: UUID | None = None,
    role: Role,
    at: datetime,
    actor: str,
) -> models.Recurring:
    """Write this invoice each month on `day` (31: on its last), from `since` until `until`.

    :raises PlaceholderUnknown: if a text names what no period has.
    :raises RecurringUnclear: if it is a credit note, or its days do not fit.
    """
    require(role, Act.PREPARE_DRAFT)
    if said.is_credit_note or not 1 <= day <= 31 or due_days < 0 or (until and until < since):
        raise RecurringUnclear("this is nothing that recurs")
    filled(said, since)
    return models.Recurring.objects.create(
        client_id=client,
        debtor_id=debtor or questions.debtor_of(said.buyer),
        name=" ".join(name.split())[:80] or said.buyer.name[:80],
        content=plain(replace(said, number="", issued_on=None, due_on=None)),
        due_days=due_days,
        day=day,
        since=since,
        until=until,
        written_by=actor[:64],
        written_at=at,
    )


@transaction.atomic
def stop(recurring_id: UUID, *, role: Role, at: datetime, actor: str) -> models.Recurring:
    """No further period is written; drafts that were made stay.

    :raises RecurringStopped: if it was stopped before.
    """
    require(role, Act.PREPARE_DRAFT)
    row = models.Recurring.objects.select_for_update(no_key=True).get(pk=recurring_id)
    if row.stopped_at:
        raise RecurringStopped(f"{row.stopped_by} stopped it")
    row.stopped_at, row.stopped_by = at, actor[:64]
    row.save(update_fields=["stopped_at", "stopped_by"])
    return row


def make_due(*, at: datetime, actor: str) -> int:
    """Write the drafts of all periods that have come, and issue those that a rule lets out.

    Days on which nothing ran are caught up. How many drafts were written; run twice, none is.
    """
    ids = questions.recurring().order_by("pk").values_list("pk", flat=True)
    return sum(_made(pk, at=at, actor=actor) for pk in ids)


def filled(said: Entry, on: date) -> Entry:
    """The texts with the period's names filled in.

    :raises PlaceholderUnknown: for a name that no period has.
    """
    told = placeholders(on)

    def fill(text: str) -> str:
        unknown = sorted(set(PLACEHOLDER.findall(text)) - told.keys())
        if unknown:
            raise PlaceholderUnknown(f"no period has {{{unknown[0]}}}")
        return PLACEHOLDER.sub(lambda found: told[found[1]], text)

    lines = [replace(line, text=fill(line.text)) for line in said.lines]
    allowances = [replace(one, text=fill(one.text)) for one in said.allowances]
    return replace(
        said, lines=lines, allowances=allowances, note=fill(said.note), order=fill(said.order)
    )


def _made(recurring_id: UUID, *, at: datetime, actor: str) -> int:
    with transaction.atomic():
        row = models.Recurring.objects.select_for_update(no_key=True).get(pk=recurring_id)
        if row.stopped_at:
            return 0
        before = models.Draft.objects.filter(recurring=row).order_by("-period_on").first()
        due = periods(
            row.day,
            since=row.since,
            until=row.until,
            after=before.period_on if before else None,
            today=at.date(),
        )
        count = 0
        for on, _ in zip(due, range(MOST_AT_ONCE), strict=False):
            made = issuing.kept(
                models.Draft(client_id=row.client_id, recurring=row, period_on=on),
                filled(row.entry(), on),
                debtor=row.debtor_id,
                due_days=row.due_days,
                at=at,
                actor=row.written_by,  # Who wrote it cannot be the second person.
            )
            count += 1
            try:
                issuing.activate(made.pk, role=None, at=at, actor=actor)
            except Refusal as no:
                log.info("the draft of %s for %s stays one: %s", row.name, on, no)
        return count
