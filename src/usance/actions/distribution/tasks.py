"""What a person is asked when the ladder is at its end."""

from usance import models
from usance.domain.distribution import Kind, Ladder, State
from usance.domain.finding import Finding, sentence

# In the sentences that a person reads who has to decide.
NAMES = {
    Kind.EINVOICE: "e-invoice", Kind.MAILBOX: "digital mailbox", Kind.EMAIL: "e-mail",
    Kind.LETTER: "letter", Kind.SMS: "SMS", Kind.PUSH: "push message", Kind.PORTAL: "portal",
}  # fmt: skip
assert set(NAMES) == set(Kind), "every kind of channel has its name"


def at_the_end(row: models.Dispatch, rest: Ladder) -> Finding:
    """The end of a walk: it failed, nobody confirmed it, or nobody knows."""
    if State(row.state) is State.FAILED:
        return nobody_reached(sentence(f"By {_name(row)}: {row.detail}"), rest)
    until = f"{row.deadline_at:%Y-%m-%d %H:%M} UTC" if row.deadline_at else "its deadline"
    if State(row.state) is State.UNKNOWN:
        return Finding(
            code="delivery_in_doubt",
            says=f"By {until} nobody knows whether the {row.paper} went out by {_name(row)}.",
            todo="Ask the carrier or the debtor, and say at the delivery whether it went out.",
        )
    return Finding(
        code="delivery_unconfirmed",
        says=f"Nobody confirmed the {row.paper} by {_name(row)} until {until},"
        " and no channel is left.",
        todo="Ask the debtor whether it has it. Released, it is sent again from the first rung.",
    )


def _name(row: models.Dispatch) -> str:
    return NAMES[Kind(row.kind)]


def nobody_reached(why: str, left: Ladder) -> Finding:
    """The end of the ladder. `why`: what became of the last one; empty: nothing was sent at all."""
    kinds: dict[str, list[str]] = {}  # By reason: the law's is the same for all it forbids.
    for no in left.left_out:
        if no.code != "tried":
            kinds.setdefault(no.because, []).append(NAMES[no.kind])
    reasons = " ".join(f"By {_any(names)}: {because}" for because, names in kinds.items())
    begin = "Every way to the debtor failed." if why else "No channel reaches the debtor."
    is_owed = any(no.code == "duty_not_fulfilled" for no in left.left_out)
    address = "its e-invoice address" if is_owed else "a better address" if why else "an address"
    return Finding(
        code="nobody_reached",
        says=" ".join(f"{begin} {why} {reasons}".split())[:1000],
        todo=f"Enter {address} at the debtor, then release it: it is sent{' again' * bool(why)}.",
    )


def _any(names: list[str]) -> str:
    """ "e-mail or letter"."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
