"""Ask debtors whether invoices are right before we buy them, and take in what they answer.

While a question is open its invoice is held before the checks; the answer lets it go on or holds it
for what the debtor says. Who answers locks the question first and the hold after it.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.distribution import OBJECTS
from usance.domain.events import Kind
from usance.domain.finance import DebtorNotTold
from usance.domain.finding import Finding
from usance.domain.invoice import Kind as Paper
from usance.domain.invoice import Stage
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.domain.verification import questions as rule
from usance.domain.verification.questions import Answer, Channel, Grade, Policy, Silence, State
from usance.models.bulk import change
from usance.queries import asking, disclosure, responses
from usance.queries import questions as query

from .diary import Line, note
from .holds import hold, release_cured, resolve

STEP = "verification.verify"
DEBTOR, BUYER = "debtor:link", "debtor:response"
_Picked = tuple[models.Invoice, Policy, tuple[str, ...]]
ADDRESS = re.compile(r"[^\s@<>\"(),:;]{1,64}@[^\s@<>\"(),:;]{3,189}")


class QuestionClosed(Refusal):
    code = "question_closed"
    todo = "Look at the invoice's timeline."


class NotAskedYet(Refusal):
    code = "question_not_asked"
    todo = "Note first who is asked and how."


class MailOnItsWay(Refusal):
    code = "mail_on_its_way"
    todo = "Look again in a minute what became of it."


class NoAddress(Refusal):
    code = "no_email_address"
    todo = "Enter the registered e-mail address of the debtor."


class WordsMissing(Refusal):
    code = "words_missing"
    todo = "Fill in what is named."


def raised(
    rows: Sequence[models.Invoice], *, waived: Mapping[UUID, frozenset[str]], at: datetime,
    actor: str,
) -> dict[UUID, tuple[Finding, ...]]:  # fmt: skip
    """What stops these for their question's sake; those that the policy picks get one.

    It belongs into the transaction that verifies them, which has locked them. A question whose hold
    a person released is over. Where the debtor must not be told, a person sees to it instead.
    """
    known = list(
        models.Question.objects.select_for_update(no_key=True)
        .filter(invoice__in=[row.pk for row in rows])
        .order_by("pk")
    )
    told = {row.invoice_id for row in known}
    picked = _picked([row for row in rows if row.pk not in told])
    quiet = disclosure.unasked([row for row, _, _ in picked], on=at.date()) if picked else set()
    found: dict[UUID, tuple[Finding, ...]] = {
        row.pk: (rule.unaskable(" ".join(why)),)
        for row, _, why in picked
        if row.pk in quiet and rule.UNASKABLE not in waived.get(row.pk, ())
    }
    new = _opened([one for one in picked if one[0].pk not in quiet], at=at, actor=actor)
    _answer_known(new, at=at)
    over = []
    for row in (*known, *new):
        pk = row.invoice_id
        stops = rule.finding(State(row.state), why=" ".join(row.reasons), said=row.said)
        if stops is None:
            continue
        if stops.code in waived.get(pk, ()):
            row.state = State.WAIVED
            over.append(row)
        else:
            found[pk] = (stops,)
    change(over, ["state"])
    return found


def _answer_known(rows: Sequence[models.Question], *, at: datetime) -> None:
    """Whose buyer's system said yes or no before anybody asked needs no asking."""
    given = responses.given([row.invoice_id for row in rows]) if rows else {}
    told = [row for row in rows if row.invoice_id in given]
    for row in told:
        response = given[row.invoice_id]
        words = _words(responses.says_of(response))
        _settle(
            row, _yes_or_no(response), words, who="", grade=Grade.BUYER, at=at, actor=BUYER
        )  # fmt: skip
    change(told, ["state", "said", "person", "grade", "answered_at", "answered_by"])


@transaction.atomic
def ask(
    question: UUID, *, channel: Channel, to: str, role: Role, at: datetime, actor: str
) -> models.Question:
    """A person of ours asks: it gave the signed address to `to`, calls that number, or lets usance
    mail it there.

    Asked anew while nobody answered: the days to answer begin anew, and a mail goes out anew.

    :raises NotAllowed: if the role may not.
    :raises WordsMissing: if it is not said who is asked.
    :raises NoAddress: if a mail cannot go there.
    :raises MailOnItsWay: if one is being handed over just now.
    :raises QuestionClosed: if it is answered.
    :raises DebtorNotTold: if confidential terms hold with the client by now.
    """
    require(role, Act.RELEASE_HOLD)
    if not to.strip():
        raise WordsMissing("the address or number that is asked")
    if channel is Channel.MAIL and not ADDRESS.fullmatch(to.strip()):
        raise NoAddress(to.strip()[:100])
    row = _answerable(question)
    if disclosure.unasked([row.invoice], on=at.date()):
        raise DebtorNotTold("confidential terms hold with the client")
    mails = models.QuestionMail.objects.select_for_update(no_key=True).filter(question=row)
    if mails.filter(state="calling").exists():
        raise MailOnItsWay("one is being handed over")
    mails.filter(state="queued").update(state="cancelled", detail="It is asked anew.")
    was = State(row.state)
    put(row, channel=channel, to=to, at=at, actor=actor)
    if was is State.SILENT:
        _hold([row], at=at, actor=actor)  # It waits for the answer again, not for a person.
    return row


def put(row: models.Question, *, channel: Channel, to: str, at: datetime, actor: str) -> None:
    """The question is asked; by mail one waits to go out. It belongs into a transaction that has
    locked the question."""
    row.state, row.channel, row.asked_to = State.ASKED, channel, to.strip()[:200]
    row.asked_at, row.asked_by = at, actor[:64]
    row.answer_by = at.date() + timedelta(days=row.days)
    row.save()
    if channel is Channel.MAIL:
        models.QuestionMail.objects.create(
            question=row, address=row.asked_to, made_at=at, made_by=actor[:64]
        )
    told = {"to": row.asked_to, "channel": str(channel), "until": str(row.answer_by)}
    note(Kind.QUESTION_ASKED, [Line(row.pk, row.invoice_id, told)], at=at, actor=actor)


@transaction.atomic
def answer(
    question: UUID, *, said: Answer, person: str, number: str, text: str, role: Role, at: datetime,
    actor: str,
) -> models.Question:  # fmt: skip
    """Somebody of the debtor's answered on the telephone.

    :raises NotAllowed: if the role may not.
    :raises WordsMissing: without name and number, and for an objection without a reason.
    :raises QuestionClosed: if it was answered otherwise before.
    """
    require(role, Act.RELEASE_HOLD)
    if not person.strip() or not number.strip():
        raise WordsMissing("who answered, and by which number")
    who = f"{person.strip()}, {number.strip()}"[:200]
    row = _locked(question)
    if not _is_again(row, said):
        _write(row, said, text=text, who=who, grade=Grade.CALLED, at=at, actor=actor)
    return row


@transaction.atomic
def answer_by_link(
    question: UUID, *, attempt: int, said: Answer, text: str, at: datetime
) -> models.Question:
    """A person answers on the page behind the signed address. The same once more is harmless.

    :raises WordsMissing: for an objection without a reason.
    :raises QuestionClosed: if it was answered otherwise before, or the address is no longer good.
    """
    row = _locked(question)
    if row.attempt != attempt:
        raise QuestionClosed("this address is no longer good")
    if row.asked_at is None:
        raise NotAskedYet("nobody was asked yet")
    if not _is_again(row, said):
        _write(row, said, text=text, who="", grade=Grade.SIGNED, at=at, actor=DEBTOR)
    return row


@transaction.atomic
def take_responses(told: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """A buyer's Invoice Response answers the open question: yes confirms, a query or no objects.

    Who answered before stands: a no is then a dispute, as of any other invoice.
    """
    found = responses.decisive(told)
    rows = models.Question.objects.select_for_update(no_key=True, of=("self",)).filter(
        invoice__in=list(found), invoice__stage=Stage.RECEIVED, state__in=rule.ANSWERABLE
    )
    for row in rows.order_by("pk"):
        response = found[row.invoice_id]
        text, grade = responses.says_of(response), Grade.BUYER
        _write(row, _yes_or_no(response), text=text, who="", grade=grade, at=at, actor=BUYER)


def seen(question: UUID, *, at: datetime) -> None:
    """A person has the page of the question on a screen. Kept once."""
    found = models.Question.objects.filter(pk=question, seen_at=None)
    found.update(seen_at=at)
    models.Question.objects.filter(pk=question, grade=Grade.NONE).update(grade=Grade.OPENED)


@transaction.atomic
def time_out(*, at: datetime, actor: str) -> int:
    """What nobody answered in time is held for a person or goes on, as its policy said. How many.

    Nothing goes on by silence whose mail may never have gone out.

    The day to answer by is the debtor's to its end: it is late from the next day on.
    """
    late = query.overdue(today=at.date()).values_list("pk", flat=True)
    rows = list(
        models.Question.objects.select_for_update(no_key=True)
        .filter(pk__in=list(late), state=State.ASKED)
        .order_by("pk")
    )
    unreached = asking.unreached([row.pk for row in rows])
    for row in rows:
        is_held = row.silence == Silence.HOLD or row.pk in unreached
        row.state = State.SILENT if is_held else State.PASSED
    change(rows, ["state"])
    lines = [Line(row.pk, row.invoice_id, {"until": str(row.answer_by)}) for row in rows]
    note(Kind.QUESTION_SILENT, lines, at=at, actor=actor)
    _hold([row for row in rows if row.state == State.SILENT], at=at, actor=actor)
    passed = [row.invoice_id for row in rows if row.state == State.PASSED]
    remark = "Nobody answered in time; the policy lets it go on."
    release_cured(passed, stage=STEP, remark=remark, at=at, actor=actor)
    return len(rows)


def _picked(rows: Sequence[models.Invoice]) -> list[_Picked]:
    """Those about which the policy asks, and its reasons."""
    rows = [row for row in rows if row.kind == Paper.INVOICE]
    policies = query.policies({row.client_id for row in rows}) if rows else {}
    rows = [row for row in rows if policies[row.client_id].asks]
    if not rows:
        return []
    history = query.history([row.pk for row in rows])
    key = query.key()
    places: dict[tuple[UUID, UUID | None], int] = defaultdict(int)
    made: list[_Picked] = []
    for row in rows:
        assert row.debtor_id is not None, row.number
        pair = (row.client_id, row.debtor_id)
        met, run = history[pair]
        places[pair] += 1
        policy = policies[row.client_id]
        facts = rule.Facts(
            face=row.face,
            place=met + places[pair],
            run=run,
            draw=rule.draw(key, row.fingerprint),
        )
        if said := rule.reasons(policy, facts):
            made.append((row, policy, said))
    return made


def _opened(picked: Sequence[_Picked], *, at: datetime, actor: str) -> list[models.Question]:
    made = [_question(row, policy, said, at) for row, policy, said in picked]
    if not made:
        return []
    models.Question.objects.bulk_create(made)
    lines = [Line(one.pk, one.invoice_id, {"because": " ".join(one.reasons)}) for one in made]
    note(Kind.QUESTION_OPENED, lines, at=at, actor=actor)
    return made


def _question(
    row: models.Invoice, policy: Policy, reasons: Sequence[str], at: datetime
) -> models.Question:
    assert row.debtor_id is not None, row.number
    return models.Question(
        invoice_id=row.pk, client_id=row.client_id, debtor_id=row.debtor_id, state=State.TO_ASK,
        reasons=list(reasons), channel=policy.channel, silence=policy.silence, days=policy.days,
        opened_at=at,
    )  # fmt: skip


def _locked(question: UUID) -> models.Question:
    row = models.Question.objects.select_for_update(no_key=True).filter(pk=question).first()
    if row is None:
        raise QuestionClosed("there is no such question")
    return row


def _answerable(question: UUID) -> models.Question:
    row = _locked(question)
    _refuse_closed(row)
    return row


def _refuse_closed(row: models.Question) -> None:
    stage = models.Invoice.objects.values_list("stage", flat=True).get(pk=row.invoice_id)
    if row.state not in rule.ANSWERABLE or stage != Stage.RECEIVED:
        raise QuestionClosed(f"it is {row.state}, and the invoice {stage}")


def _is_again(row: models.Question, said: Answer) -> bool:
    """The same answer as before."""
    return row.state == said.value


def _write(
    row: models.Question, said: Answer, *, text: str, who: str, grade: Grade, at: datetime,
    actor: str,
) -> None:  # fmt: skip
    _refuse_closed(row)
    words = _words(text)
    if said is Answer.OBJECTED and not words:
        raise WordsMissing("what is wrong with the invoice")
    _settle(row, said, words, who=who, grade=grade, at=at, actor=actor)
    row.save()
    if said is Answer.WRONG_PERSON:
        return
    if said is Answer.OBJECTED:
        _hold([row], at=at, actor=actor)
        return
    remark = f"The debtor confirmed it ({grade.name.lower()}). {who}"
    release_cured([row.invoice_id], stage=STEP, remark=remark.strip(), at=at, actor=actor)


def _settle(
    row: models.Question, said: Answer, words: str, *, who: str, grade: Grade, at: datetime,
    actor: str,
) -> None:  # fmt: skip
    """What the row is now, not saved yet, and the answer in the diary."""
    told = {"answer": said.value.replace("_", " "), "said": words, "person": who,
            "grade": grade.name.lower()}  # fmt: skip
    note(Kind.QUESTION_ANSWERED, [Line(row.pk, row.invoice_id, told)], at=at, actor=actor)
    if said is Answer.WRONG_PERSON:
        row.state, row.attempt = State.TO_ASK, row.attempt + 1
        row.answer_by, row.seen_at, row.grade = None, None, Grade.NONE
        return
    row.state, row.said, row.person, row.grade = State(said.value), words, who, grade
    row.answered_at, row.answered_by = at, actor[:64]


def _words(text: str) -> str:
    return " ".join(text.split())[:400]


def _yes_or_no(response: models.Response) -> Answer:
    return Answer.OBJECTED if response.stance in OBJECTS else Answer.CONFIRMED


def _hold(rows: Sequence[models.Question], *, at: datetime, actor: str) -> None:
    """The hold that waits for an answer ends; another one says what a person has to decide."""
    if not rows:
        return
    ids = [row.invoice_id for row in rows]
    resolve(ids, stage=STEP, remark="The question came to its end.", at=at, actor=actor)
    found = {}
    for row in rows:
        stops = rule.finding(State(row.state), why=" ".join(row.reasons), said=row.said)
        assert stops is not None, row.state
        found[row.invoice_id] = [stops]
    hold(found, stage=STEP, at=at, actor=actor)
