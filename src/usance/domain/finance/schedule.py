"""A schedule of assignment: what a client sells or pledges to us in one purchase, as a text that
cannot be read in two ways, its hash, and who signs it.

The text is JSON with sorted keys, no spaces and amounts in minor units. Its hash is what is signed.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from usance.domain.finding import Finding
from usance.domain.refusal import Refusal

FORM = "usance-schedule-1"
MOST_SIGNERS = 2


class SignedAlready(Refusal):
    code = "schedule_signed_already"
    todo = "Another person of the client has to sign, where two do."


class NothingToSign(Refusal):
    code = "schedule_complete"
    todo = "Nothing is to be done: the schedule waits for nobody."


class TakenBack(Refusal):
    code = "schedule_withdrawn"
    todo = "Nothing is to be signed: every invoice on it went back to the client."


class NotWhatWasShown(Refusal):
    code = "schedule_changed"
    todo = "Look at the schedule as it stands, and decide again."


class IntentMissing(Refusal):
    code = "schedule_intent_missing"
    todo = "Agree to the statement that is shown, word by word."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """One claim on a schedule. Amounts are minor units of the schedule's currency."""

    number: str
    debtor: str
    issued_on: date
    due_on: date
    face: int
    advance: int
    reserve: int
    fee: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All that the parties agree on in one purchase."""

    number: str
    client: str
    client_id: str  # Its company number; empty: we know none.
    facility: str
    basis: str  # sale or pledge.
    currency: str
    bought_on: date
    claims: tuple[Bought, ...]

    def total(self, name: str) -> int:
        """The sum of one of the amounts of its claims, in minor units."""
        return sum(getattr(claim, name) for claim in self.claims)


AMOUNTS = ("face", "advance", "reserve", "fee")


def manifest(schedule: Schedule) -> str:
    """The text that is hashed: the same for the same purchase, wherever it is written."""
    told = _fields(schedule) | {
        "form": FORM, "totals": {name: schedule.total(name) for name in AMOUNTS},
        "claims": [_fields(claim) for claim in schedule.claims],
    }  # fmt: skip
    return json.dumps(told, sort_keys=True, separators=(",", ":"), default=str)


def _fields(value: Bought | Schedule) -> dict[str, Any]:
    """Its fields by name; `asdict` copies each value, which takes ten times as long."""
    return {name: getattr(value, name) for name in value.__slots__}


def digest(text: str) -> str:
    """SHA-256 of the text, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def intent(*, number: str, count: int, face: str, digest: str) -> str:
    """What a signer agrees to; it is kept with the signature, word by word."""
    what = "1 claim" if count == 1 else f"{count} claims"
    these = "this claim" if count == 1 else "these claims"
    return (
        f"I am authorised to sign for the client. I have read schedule of assignment {number} with"
        f" {what}, {face} in all, and assign {these} as it says. I sign the content with the"
        f" SHA-256 {digest}."
    )


def check_signing(
    *, signers: int, signed: Collection[str], signer: str, digest: str, manifest: str, seen: str,
    words: str, asked: str, taken_back: bool,
) -> None:  # fmt: skip
    """Refuse a signature that would prove nothing.

    :param signers: how many the terms ask for. :param signed: who signed.
    :param digest: as it was written at the purchase. :param seen: what the signer was shown.
    :param words: what the signer agreed to. :param asked: what it was asked to agree to.
    """
    if taken_back:
        raise TakenBack("all of its invoices were taken back")
    if signer in signed:
        raise SignedAlready(f"{signer.removeprefix('user:')} signed it before")
    if len(signed) >= signers:
        raise NothingToSign(f"{len(signed)} of {signers} signatures are there")
    if not (digest == seen == sha256(manifest.encode()).hexdigest()):
        raise NotWhatWasShown("it is not what was shown to the signer")
    if words != asked:
        raise IntentMissing("the signer agreed to other words, or to none")


def examined(
    manifest: str, *, digest: str, signatures: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    """What is wrong with a schedule that somebody hands us, all of it at once: is it what was
    signed, are its totals those of its claims, did each signer sign this content and no two be one.

    :param digest: as it is printed and sealed with the schedule.
    """
    found = []
    if (own := sha256(manifest.encode()).hexdigest()) != digest:
        found.append(_altered("schedule_altered", f"Its content has the SHA-256 {own}."))
    found += _sums(manifest)
    for one in signatures:
        if one.get("digest") != own or f"SHA-256 {own}" not in str(one.get("words", "")):
            says = f"{one.get('name', '?')} signed other content."
            found.append(_altered("signature_of_other_content", says))
    names = [one.get("signer") for one in signatures]
    if len(set(names)) < len(names):
        found.append(_altered("signer_twice", "One person stands for two signers."))
    return found


def _sums(manifest: str) -> list[Finding]:
    try:
        told = json.loads(manifest)
        wrong = [
            name
            for name in AMOUNTS
            if sum(claim[name] for claim in told["claims"]) != told["totals"][name]
        ]
    except (ValueError, KeyError, TypeError):
        return [_altered("schedule_unreadable", "Its content is no schedule of assignment.")]
    says = f"The sums of its claims are not its totals: {', '.join(wrong)}."
    return [_altered("totals_wrong", says)] if wrong else []


def faults(signers: int) -> list[Finding]:
    """What a contract may not say about signers."""
    if 0 <= signers <= MOST_SIGNERS:
        return []
    says = f"A schedule of assignment has 0 to {MOST_SIGNERS} signers."
    return [Finding(code="signers_out_of_range", says=says, where="schedule_signers",
                    todo="Correct it and propose it again.")]  # fmt: skip


def in_words(signers: int) -> str:
    """A sentence of the contract."""
    who = "One person" if signers == 1 else "Two people"
    return (
        f"{who} of the client sign the schedule of assignment of each purchase in its own pages;"
        " what we pay for it waits for that."
    )


def _altered(code: str, says: str) -> Finding:
    todo = "Do not rely on it; ask whoever kept it for the document as it was sealed."
    return Finding(code=code, says=says, todo=todo)
