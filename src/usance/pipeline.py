"""What follows what. This table is the process; nothing else starts a step by itself."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from usance import models
from usance.actions import (
    asking,
    buying,
    capture,
    collection,
    credit,
    diary,
    distribution,
    finance,
    offers,
    payment,
    questions,
    settlement,
    undertakings,
    verification,
)
from usance.domain.events import Kind

Step = Callable[..., None]

CHUNK = 500  # Subjects a job: a job costs about 2 ms, whatever it carries.
# Steps that take seconds a subject: few subjects a job, and behind whatever else waits.
SLOW = {"capture.read": 8}
BEHIND = -10
JOB = "usance.step"
QUEUE = "belt"


def resume(holds: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """A person released these: take the step before which each was held."""
    for step, subject in models.Hold.objects.filter(pk__in=holds).values_list("step", "subject_id"):
        STEPS[step]([subject], at=at, actor=actor)


FOLLOWS: dict[Kind, tuple[Step, ...]] = {
    Kind.BATCH_RECEIVED: (),
    Kind.PAGES_RECEIVED: (capture.read,),
    Kind.PAGES_UNREADABLE: (),  # The finding stands on its file.
    Kind.READING_WAITING: (),  # A person reviews it.
    Kind.READING_PASSED: (),  # Its invoice was received with it.
    Kind.READING_POSTPONED: (),
    Kind.READING_CONFIRMED: (),  # As well.
    Kind.READING_REJECTED: (),
    Kind.LAYOUT_LEARNED: (),
    Kind.LAYOUT_WITHDRAWN: (),
    Kind.DRAFT_WRITTEN: (),
    Kind.DRAFT_WAITING: (),  # A second person says yes.
    Kind.DRAFT_ISSUED: (),  # Its invoice was received with it.
    Kind.DRAFT_DISCARDED: (),
    Kind.INVOICE_RECEIVED: (verification.verify,),
    Kind.INVOICE_VERIFIED: (credit.assess,),
    Kind.INVOICE_WAITING: (offers.offer,),  # Where the terms say so; else the client asks.
    Kind.INVOICE_HELD: (),  # A person decides.
    Kind.INVOICE_PARKED: (),
    Kind.INVOICE_RELEASED: (resume,),
    Kind.INVOICE_REJECTED: (),
    Kind.INVOICE_APPROVED: (finance.fund,),
    Kind.INVOICE_FUNDED: (distribution.plan, settlement.apply_waiting),
    Kind.SCHEDULE_SIGNED: (),  # What waited for it goes with the next payout.
    Kind.INVOICE_PAID: (settlement.settle,),
    Kind.INVOICE_SETTLED: (),
    Kind.INVOICE_REOPENED: (),  # It waits for its payment again.
    Kind.INVOICE_REPURCHASED: (),
    Kind.LEDGER_COMPARED: (),  # What differs waits for a person.
    Kind.DIFFERENCE_CLOSED: (),
    Kind.CLIENT_ASKED: (),
    Kind.INVOICE_DISCLOSED: (),  # Its notice goes out with the day's end.
    Kind.UNDERTAKING_GIVEN: (),  # What waited for it was released with it.
    Kind.INVOICE_REFACTORED: (),  # It waits for its payment for some days more.
    Kind.INVOICE_WRITTEN_OFF: (),
    Kind.WRITE_OFF_PROPOSED: (),  # A second person says yes.
    Kind.WRITE_OFF_DECLINED: (),
    Kind.CLAIM_WRITTEN_OFF: (),
    Kind.BUY_BACK_QUOTED: (),  # A person does it, or does not.
    Kind.BUY_BACK_DONE: (),  # Its invoices were repurchased with it, its letters planned.
    Kind.BUY_BACK_DECLINED: (),
    Kind.CREDIT_NOTE_VERIFIED: (settlement.apply_credit_notes,),
    Kind.CREDIT_NOTE_APPLIED: (),
    Kind.DISPATCH_PLANNED: (distribution.send,),
    Kind.DISPATCH_ACCEPTED: (),
    Kind.DISPATCH_DELIVERED: (),
    Kind.DISPATCH_FAILED: (distribution.fall_back,),
    Kind.DISPATCH_UNKNOWN: (distribution.ask,),
    Kind.CARRIER_PAUSED: (),
    Kind.CARRIER_RESUMED: (),  # The janitor sends what waited.
    Kind.DISPATCH_LATE: (distribution.fall_back,),
    Kind.DISPATCH_CANCELLED: (),
    Kind.DISPATCH_DOUBLED: (),
    Kind.DISPATCH_WITHHELD: (),  # Until terms hold that tell the debtor: the day's end looks.
    Kind.RESPONSE_RECEIVED: (questions.take_responses, undertakings.take_responses),
    # What objects is also a dispute reported.
    Kind.ADDRESS_SUPPRESSED: (),
    Kind.ADDRESS_LIFTED: (),
    Kind.ADDRESS_PROPOSED: (),  # A person takes it over, or not.
    Kind.ADDRESS_DECLINED: (),
    Kind.REMINDER_DUE: (),  # Its dispatch is planned with it.
    Kind.DISPUTE_REPORTED: (collection.take_objections,),
    Kind.DISPUTE_OPENED: (),
    Kind.DISPUTE_CLOSED: (),
    Kind.PROMISE_MADE: (),  # Reminders wait for the money.
    Kind.PLAN_ASKED: (),  # A person of ours agrees, or does not.
    Kind.PLAN_AGREED: (),
    Kind.PLAN_DECLINED: (),
    Kind.PLAN_BROKEN: (),  # The whole rest is due: the day's end reminds again.
    Kind.PLAN_KEPT: (),
    Kind.OFFER_ASKED: (),  # Above the mandate our people decide.
    Kind.OFFER_PREPARED: (),  # A second person says yes.
    Kind.OFFER_MADE: (),  # The client answers.
    Kind.OFFER_ACCEPTED: (),  # Its invoices were bought with it.
    Kind.OFFER_DECLINED: (),
    Kind.OFFER_REFUSED: (),
    Kind.OFFER_EXPIRED: (),
    Kind.STATEMENT_IMPORTED: (payment.match,),
    Kind.PAYMENT_ALLOCATED: (),
    Kind.PAYMENT_UNAPPLIED: (),
    Kind.OVER_ADVANCE_PROPOSED: (),  # A second person says yes.
    Kind.OVER_ADVANCE_APPROVED: (),  # What it lets go on was released with it.
    Kind.OVER_ADVANCE_DECLINED: (),
    Kind.PAYMENT_UNDONE: (),
    Kind.PAYMENT_EXPLAINED: (),
    Kind.PAYMENT_DIFFERENCE: (),  # What it clears is paid, and what is disputed has its dispute.
    Kind.TOLERANCE_SET: (),
    Kind.PAYER_LEARNED: (),
    Kind.PAYER_FORGOTTEN: (),
    Kind.ADVICE_RECEIVED: (payment.match_advised,),
    Kind.ADVICE_WITHDRAWN: (),
    Kind.PAYOUT_PROPOSED: (),  # A second person releases it.
    Kind.PAYOUT_RELEASED: (),
    Kind.PAYOUT_SENT: (),
    Kind.PAYOUT_PAID: (),
    Kind.PAYOUT_REJECTED: (),
    Kind.PAYOUT_RETURNED: (),  # A person looks at the account; the money is due again.
    Kind.PAYOUT_MISSING: (),  # A second person agrees that the bank never executed it.
    Kind.PAYOUT_NOT_MISSING: (),
    Kind.PAYOUT_PAID_AFTER_ALL: (),  # The client owes it us: set off before it is paid again.
    Kind.DEBIT_PLANNED: (),  # A mail tells the debtor within a minute.
    Kind.DEBIT_ANNOUNCED: (),  # A second person releases it.
    Kind.DEBIT_RELEASED: (),
    Kind.DEBIT_SENT: (),
    Kind.DEBIT_COLLECTED: (),  # What it paid was allocated with it.
    Kind.DEBIT_NOT_COLLECTED: (),  # It waits for its receipt again.
    Kind.DEBIT_REJECTED: (),  # A person looks at the mandate.
    Kind.DEBIT_RETURNED: (),
    Kind.DEBIT_CANCELLED: (),
    Kind.CHECKOUT_BEGUN: (),
    Kind.CHECKOUT_PAID: (),  # What it paid was allocated with it.
    Kind.CHECKOUT_ENDED: (),
    Kind.CHECKOUT_RETURNED: (),  # The invoice is to be paid again.
    Kind.PROVIDER_PAYOUT_TOLD: (),  # Our bank's statement shows it later.
    Kind.PROVIDER_PAYOUT_ARRIVED: (),
    Kind.PROVIDER_REFUND_PROPOSED: (),  # A second person releases it.
    Kind.PROVIDER_REFUND_RELEASED: (),  # The provider is told within a minute.
    Kind.PROVIDER_REFUND_DONE: (),
    Kind.PROVIDER_REFUND_ENDED: (),  # A person looks at the receipt, which is unapplied again.
    Kind.QUESTION_OPENED: (asking.mail,),
    Kind.QUESTION_ASKED: (),  # A mail of it goes out within a minute.
    Kind.QUESTION_MAILED: (),
    Kind.QUESTION_UNREACHED: (),  # A person of ours calls the debtor.
    Kind.QUESTION_ANSWERED: (),  # What it lets go on was released with it.
    Kind.QUESTION_SILENT: (),
    Kind.SUPPORTING_FILED: (),
    Kind.SUPPORTING_REMOVED: (),
    Kind.VOUCHERS_MADE: (),  # Whoever keeps the other books fetches them.
    Kind.VOUCHERS_ANSWERED: (),
    Kind.FEE_INVOICED: (),  # Its mail waits for the notices.
    Kind.FEE_CREDITED: (),
    Kind.PERIOD_CLOSED: (),
    Kind.PERIOD_REOPENING_ASKED: (),  # A second person agrees.
    Kind.PERIOD_REOPENED: (),
    Kind.NOTE_WRITTEN: (),
    Kind.MASTER_DATA_CHANGED: (),
}
assert set(FOLLOWS) == set(Kind), "every event has its row, if only an empty one"

# What nothing but a person's word starts, by releasing a hold.
ON_RELEASE: tuple[Step, ...] = (distribution.again,)


def name_of(step: Step) -> str:
    """The step as jobs and holds write it: its room and its word."""
    room = step.__module__.removeprefix("usance.").removeprefix("actions.").partition(".")[0]
    return f"{room}.{step.__name__}"


STEPS: dict[str, Step] = {
    name_of(step): step for steps in (*FOLLOWS.values(), ON_RELEASE) for step in steps
}
assert SLOW.keys() <= STEPS.keys(), "what is slow is a step"

# A batch takes these steps and those that follow in one transaction: nothing stops between them.
# Of a batch that fails each goes alone and step by step, so that it is parked where it failed.
AT_ONCE: dict[str, Step] = {
    "verification.verify": buying.verify_and_buy,
    "credit.assess": buying.assess_and_buy,  # What a person released, or an offer bought.
}
assert AT_ONCE.keys() <= STEPS.keys(), "what is taken at once is a step"


def enqueue(kind: Kind, subjects: Sequence[UUID]) -> None:
    """Put the next steps of these subjects on the belt, in the transaction of what happened."""
    for step in FOLLOWS[kind]:
        put(name_of(step), subjects)


def put(step: str, subjects: Sequence[UUID]) -> None:
    """One job for each chunk of subjects.

    They are one text: a list's quotes are escaped three times over on their way into the database.
    """
    assert step in STEPS, step
    size = SLOW.get(step, CHUNK)
    chunks = [subjects[start : start + size] for start in range(0, len(subjects), size)]
    priority = BEHIND if step in SLOW else 0
    app.configure_task(name=JOB, queue=QUEUE, priority=priority).batch_defer(
        *({"step": step, "subjects": " ".join([one.hex for one in chunk])} for chunk in chunks)
    )


def waits(step: str) -> bool:
    """Whether a job of this step waits for a worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE queue_name = %s"
            " AND status = 'todo' AND args->>'step' = %s)",
            [QUEUE, step],
        )
        return bool(cursor.fetchone()[0])


diary.connect(enqueue)
