"""May we buy this debtor's promise? Facts in, decision out, reasons kept."""

from collections.abc import Callable
from dataclasses import dataclass

from usance.domain.money import Money

from .undertaking import Asked, lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    face: Money
    exposure: Money  # Bought or approved and not yet paid by this debtor, before this invoice.
    limit: Money | None  # None: this debtor was never assessed, or the limit has expired.
    limit_source: str  # Who gave the limit, as of when.
    debtor_insolvent: bool
    funds_in_use: Money  # Advances to the client that are not repaid, before this invoice.
    advance: Money  # What this invoice would add to them.
    facility_limit: Money
    # The part of the face paid at once, before the price is kept back. None: all of it.
    at_once: Money | None = None
    asked: Asked | None = None  # None: these terms ask for no undertaking of the debtor's.
    trust_account: bool | None = None  # Whether it is there. None: these terms require none.


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule's word: whether it agrees, the sentence for people, the values it compared."""

    rule: str
    agrees: bool
    says: str
    values: dict[str, str]


def approved_by_the_debtor(facts: Facts) -> Reason:
    """Under confirming only what the debtor has irrevocably approved is bought."""
    assert facts.asked is not None, "terms that ask for none have no such rule"
    why = lacking(facts.asked)
    says = why or f"The debtor undertook to pay it on {facts.asked.due_on}."
    return _reason(approved_by_the_debtor, not why, says, face=facts.asked.face)


def large_enough_for_an_advance(facts: Facts) -> Reason:
    """Under confirming a part of the face is paid at once: it does not round to nothing."""
    part = facts.face if facts.at_once is None else facts.at_once
    says = f"{part} of it are paid at once." if part else "What is paid at once rounds to nothing."
    return _reason(large_enough_for_an_advance, bool(part), says, face=facts.face, part=part)


def discount_leaves_an_advance(facts: Facts) -> Reason:
    """Under confirming the whole price is kept back at once: it stays below the face."""
    if not large_enough_for_an_advance(facts).agrees:
        return _reason(discount_leaves_an_advance, True, "There is nothing that it could take.")
    leaves = facts.advance.minor > 0
    says = f"The client gets {facts.advance}." if leaves else "The discount takes all of the face."
    return _reason(discount_leaves_an_advance, leaves, says, face=facts.face, advance=facts.advance)


def paid_into_trust(facts: Facts) -> Reason:
    """Where the terms require it, the client holds an account in trust for us that we checked."""
    there = bool(facts.trust_account)
    says = "The trust account is checked." if there else "No trust account is checked and open."
    return _reason(paid_into_trust, there, says)


def debtor_is_solvent(facts: Facts) -> Reason:
    """A debtor in insolvency is not financed."""
    return _reason(
        debtor_is_solvent,
        not facts.debtor_insolvent,
        "The debtor is insolvent." if facts.debtor_insolvent else "No insolvency is known.",
    )


def debtor_was_assessed(facts: Facts) -> Reason:
    """A debtor without a limit that holds today is not financed."""
    if facts.limit is None:
        return _reason(debtor_was_assessed, False, "The debtor has no credit limit that holds.")
    return _reason(
        debtor_was_assessed, True, f"Limit from {facts.limit_source}.", limit=facts.limit
    )


def inside_the_debtor_limit(facts: Facts) -> Reason:
    """What the debtor owes us, this invoice included, stays inside the limit."""
    if facts.limit is None:
        return _reason(inside_the_debtor_limit, False, "Without a limit nothing fits inside it.")
    after = facts.exposure + facts.face
    fits = after <= facts.limit
    says = "fits inside" if fits else "is more than"
    return _reason(
        inside_the_debtor_limit,
        fits,
        f"{after} {says} the debtor's limit of {facts.limit}.",
        exposure=facts.exposure,
        face=facts.face,
        limit=facts.limit,
    )


def inside_the_facility(facts: Facts) -> Reason:
    """The client's funds in use, this advance included, stay inside the facility."""
    after = facts.funds_in_use + facts.advance
    fits = after <= facts.facility_limit
    says = "fits inside" if fits else "is more than"
    return _reason(
        inside_the_facility,
        fits,
        f"{after} {says} the facility of {facts.facility_limit}.",
        funds_in_use=facts.funds_in_use,
        advance=facts.advance,
        facility_limit=facts.facility_limit,
    )


RULES: tuple[Callable[[Facts], Reason], ...] = (
    debtor_is_solvent,
    debtor_was_assessed,
    inside_the_debtor_limit,
    inside_the_facility,
)

# What a client is told when a rule does not agree: what we know of its debtor stays with us.
TOLD = {
    approved_by_the_debtor.__name__: "the debtor has not approved it irrevocably.",
    large_enough_for_an_advance.__name__: "it is so small that nothing of it is paid at once.",
    discount_leaves_an_advance.__name__: "its discount would take all of it.",
    debtor_is_solvent.__name__: "we do not buy on this debtor.",
    debtor_was_assessed.__name__: "we have no cover for this debtor yet.",
    inside_the_debtor_limit.__name__: "our cover for this debtor does not reach that far.",
    inside_the_facility.__name__: "it goes beyond what is left of the facility.",
    paid_into_trust.__name__: "the account that you hold in trust for us is not checked yet.",
}
CONFIRMING = (
    approved_by_the_debtor, large_enough_for_an_advance, discount_leaves_an_advance,
)  # fmt: skip
EVERY = (*CONFIRMING, *RULES, paid_into_trust)
assert list(TOLD) == [rule.__name__ for rule in EVERY], "every rule has its words for clients"

# What no person waves through: it is what is bought.
NEVER_WAIVED = frozenset({*(rule.__name__ for rule in CONFIRMING), paid_into_trust.__name__})
# What releases it, where that is not the same for all.
RELEASED_BY = {
    approved_by_the_debtor.__name__: "Enter the debtor's undertaking over this amount and day on"
    " the invoice's page, or hand in its list of what it approved.",
    inside_the_facility.__name__: "Agree on a larger facility with the client, wait for payments,"
    " or release it knowingly.",
    large_enough_for_an_advance.__name__: "Reject it; the client collects it itself.",
    discount_leaves_an_advance.__name__: "Agree on a lower rate with the client, or reject it.",
    paid_into_trust.__name__: "Enter the client's trust account and have a second person check it:"
    " Clients, Own ledgers.",
}
# What makes us bear that the debtor cannot pay. Without it an invoice is bought with recourse only.
COVER = frozenset({debtor_was_assessed.__name__, inside_the_debtor_limit.__name__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    approved: bool
    reasons: tuple[Reason, ...]  # Of every rule, for and against; the primary one first.


def decide(facts: Facts) -> Decision:
    confirming = () if facts.asked is None else CONFIRMING
    in_trust = () if facts.trust_account is None else (paid_into_trust,)
    reasons = tuple(rule(facts) for rule in (*confirming, *RULES, *in_trust))
    return Decision(approved=all(reason.agrees for reason in reasons), reasons=reasons)


def _reason(rule: Callable[[Facts], Reason], agrees: bool, says: str, **values: Money) -> Reason:
    return Reason(
        rule=rule.__name__,
        agrees=agrees,
        says=says,
        values={name: str(value) for name, value in values.items()},
    )
