"""How to pay, as the debtor's page shows it: amounts, ways, a part of it, words and plans."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.safestring import mark_safe

from usance.domain.collection import plans
from usance.domain.collection.plans import Instalment, State
from usance.domain.collection.promises import AHEAD
from usance.domain.money import Money
from usance.domain.reference import printed
from usance.letters.figures import grouped, money, short_day
from usance.queries.portal import Page
from usance.web import typed

COUNTS = tuple(str(count) for count in plans.COUNTS)


def told(found: Page, language: str) -> dict[str, str]:
    """What the page's sentences name, beside the parties."""
    asked = found.plan.terms if found.plan else ()
    return {
        "whole": money(found.whole, language),
        "due": money(found.due_now, language),
        "provider": found.online.name.capitalize() if found.online else "",
        **_debited(found, language),
        "waits": short_day(found.waits_until, language) if found.waits_until else "",
        "count": str(len(asked)) if asked else "{count}",  # Of an offer: filled in below.
    }


def _debited(found: Page, language: str) -> dict[str, str]:
    row = found.debit
    return {
        "debit": money(row.amount, language) if row else "",
        "collect_on": short_day(row.collect_on, language) if row else "",
        "ending": row.mandate.iban[-4:] if row else "",
        "mandate": row.mandate.reference if row else "",
    }


def shown(
    request: HttpRequest, found: Page, language: str, said: Mapping[str, str]
) -> dict[str, object]:
    """What the template wants to know about paying."""
    part, is_wrong = _part(request, found)
    amount = part or found.due_now
    agreed = found.plan is not None and found.plan.row.state == State.AGREED
    can_plan = found.account is not None and found.plan is None and found.dispute is None
    can_plan = can_plan and found.debit is None
    return {
        "ways": _ways(found, amount, language, said), "amount": amount, "part": part,
        "part_wrong": is_wrong, "agreed": agreed,
        "pay_by": found.plan.next.due_on if agreed and found.plan and found.plan.next
        else found.invoice.due_on,
        "square": mark_safe(found.square(amount)),  # noqa: S308 - our own drawing
        "terms": [_drawn(one, found, language) for one in found.plan.terms] if found.plan else [],
        "offers": [
            (len(one), said["plan_count"].replace("{count}", str(len(one))),
             ", ".join(f"{short_day(x.due_on, language)} {money(x.amount, language)}" for x in one))
            for one in plans.offers(
                found.whole, due_on=found.invoice.due_on, today=found.as_of
            )
        ] if can_plan else [],
        "online": found.online is not None and found.debit is None and part is None,
        "online_done": request.GET.get("online") == "done",
        "latest": found.as_of + AHEAD,
    }  # fmt: skip


def _ways(
    found: Page, amount: Money, language: str, said: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Each line of how to pay: its name, as people read it, and as it is copied."""
    account, reference = found.account, found.invoice.payment_reference
    if account is None:
        return []
    iban = account.iban_for(reference)
    rows = [
        (said["payee"], account.holder, account.holder),
        (said["iban"], grouped(iban), iban),
        (said["bic"], account.bic, account.bic),
        (said["bankgiro"], account.bankgiro, account.bankgiro),
        ("Swish", account.swish, account.swish),
        (said["reference"], printed(reference), reference),
        (said["part_amount"], money(amount, language), str(amount.decimal)),
    ]
    return [row for row in rows if row[2]]


def _part(request: HttpRequest, found: Page) -> tuple[Money | None, bool]:
    """The part that somebody wants to pay, and whether what was typed is none."""
    text = request.GET.get("part", "").strip()[:20]
    if not text or found.account is None:
        return None, False
    amount = typed.amount(text, found.invoice.currency)
    if amount is None or not 0 < amount.minor < found.whole.minor:
        return None, True
    return amount, False


def _drawn(one: Instalment, found: Page, language: str) -> tuple[str, str, bool]:
    """An instalment of the plan, and whether it is paid."""
    plan = found.plan
    paid = plan is not None and (plan.next is None or one.due_on < plan.next.due_on)
    return short_day(one.due_on, language), money(one.amount, language), paid
