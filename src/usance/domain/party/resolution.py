"""Which company of the register stands on a paper? Certain, or candidates with reasons, or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from . import Address, Party
from .identity import identities, stated
from .names import city_key, postcode_key, street_key, taken_apart

ALIKE = 88  # Per cent, Jaro-Winkler. Below it two names at most share a word.
SHOWN = 8
NOBODY = Address()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A company of the register that may be meant."""

    id: UUID
    name: str
    identities: frozenset[str]
    address: Address
    likeness: int = 0  # Of the names, in per cent, as who asks measured it.
    chosen_before: bool = False  # A person said so of this very spelling, and did not take it back.


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    id: UUID
    name: str
    place: str
    score: int  # The sum of the points of its reasons.
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    certain: UUID | None = None
    because: str = ""  # Why it is certain.
    candidates: tuple[Candidate, ...] = ()  # The likeliest first; also the certain one.


Evidence = Callable[[Party, Known], str]


def same_number(paper: Party, known: Known) -> str:
    shared = identities(paper) & known.identities
    return "same " + _numbers(shared) if shared else ""


def other_number(paper: Party, known: Known) -> str:
    mine = {_register(one): one for one in stated(paper)}
    theirs = {_register(one): one for one in known.identities}
    differ = {mine[key] for key in mine.keys() & theirs.keys() if mine[key] != theirs[key]}
    return "other " + _numbers(differ) if differ else ""


def chosen_before(_: Party, known: Known) -> str:
    return "a person chose it for this spelling" if known.chosen_before else ""


def same_name(paper: Party, known: Known) -> str:
    return "same name" if _same_name(paper, known) else ""


def same_name_but_form(paper: Party, known: Known) -> str:
    mine, theirs = taken_apart(paper.name), taken_apart(known.name)
    if not mine.keys & theirs.keys or mine.form == theirs.form:
        return ""
    return f"same name, legal form {mine.form or 'not stated'} against {theirs.form or 'none'}"


def name_alike(paper: Party, known: Known) -> str:
    if taken_apart(paper.name).keys & taken_apart(known.name).keys or known.likeness < ALIKE:
        return ""
    return f"name alike ({known.likeness} %)"


def name_within(paper: Party, known: Known) -> str:
    mine, theirs = taken_apart(paper.name), taken_apart(known.name)
    if mine.keys & theirs.keys or known.likeness >= ALIKE:
        return ""
    shared = [word for word in mine.words if word in theirs.words and len(word) >= 4]
    return "shares " + ", ".join(shared) if shared else ""


def same_street(paper: Party, known: Known) -> str:
    mine = street_key(_at(paper).street)
    return "same street" if mine and mine == street_key(known.address.street) else ""


def same_postcode(paper: Party, known: Known) -> str:
    mine = postcode_key(_at(paper).postcode)
    same = mine and mine == postcode_key(known.address.postcode)
    return "same postcode" if same and not other_country(paper, known) else ""


def same_city(paper: Party, known: Known) -> str:
    mine = city_key(_at(paper).city)
    return "same city" if mine and mine == city_key(known.address.city) else ""


def same_country(paper: Party, known: Known) -> str:
    mine = _at(paper).country
    return "same country" if mine and mine == known.address.country else ""


def other_country(paper: Party, known: Known) -> str:
    mine = _at(paper).country
    return "other country" if mine and mine != known.address.country else ""


EVIDENCE: dict[Evidence, int] = {
    same_number: 100,
    chosen_before: 80,
    same_name: 50,
    same_name_but_form: 40,
    name_alike: 30,
    name_within: 12,
    same_street: 20,
    same_postcode: 15,
    same_city: 8,
    same_country: 4,
    other_country: -25,
    other_number: -60,
}


def resolve(paper: Party, known: Sequence[Known]) -> Resolution:
    """Who is meant.

    Certain is, in this order, and only if no other company has the same claim: who has a number
    that the paper states, and none that contradicts; whom a person chose for this spelling; and,
    if the paper states no number, who has the same name with the same legal form, country,
    postcode and street. Everything else a person decides.
    """
    ranked = tuple(
        sorted((_weighed(paper, one) for one in known), key=lambda one: (-one.score, one.name))
    )
    shown = tuple(one for one in ranked if one.score > 0)[:SHOWN]
    for claim, because in (
        ([one for one in known if same_number(paper, one)], "the number that it states"),
        ([one for one in known if one.chosen_before], "a person chose it for this spelling"),
        ([one for one in known if _same_place_and_name(paper, one)], "name and address"),
    ):
        if claim:
            sole = len(claim) == 1 and not _contradicts(paper, claim[0])
            certain = claim[0].id if sole else None
            return Resolution(certain=certain, because=because if sole else "", candidates=shown)
    return Resolution(candidates=shown)


def alias_key(paper: Party) -> str:
    """What a person's choice is remembered by: the numbers if the paper states any, else name,
    legal form and place. Empty: nothing that a choice could be tied to."""
    if numbers := stated(paper):
        return "|".join(sorted(numbers))[:200]
    name, at = taken_apart(paper.name), _at(paper)
    if not name.key or not at.country:
        return ""
    return f"{name.key[:120]}|{name.form}|{at.country}|{postcode_key(at.postcode)}"[:200]


def _contradicts(paper: Party, known: Known) -> bool:
    """A VAT id outweighs a registration number, which some courts give out more than once."""
    same = identities(paper) & known.identities
    return bool(other_number(paper, known)) and not any(one.startswith("vat:") for one in same)


def _same_place_and_name(paper: Party, known: Known) -> bool:
    return not identities(paper) and all(
        (
            _same_name(paper, known),
            same_country(paper, known),
            same_postcode(paper, known),
            same_street(paper, known),
        )
    )


def _same_name(paper: Party, known: Known) -> bool:
    mine, theirs = taken_apart(paper.name), taken_apart(known.name)
    return bool(mine.keys & theirs.keys) and mine.form == theirs.form


def _weighed(paper: Party, known: Known) -> Candidate:
    said = [(says, points) for ask, points in EVIDENCE.items() if (says := ask(paper, known))]
    at = known.address
    return Candidate(
        id=known.id, name=known.name, place=", ".join(filter(None, (at.city, at.country))),
        score=sum(points for _, points in said), because=tuple(says for says, _ in said),
    )  # fmt: skip


def _at(paper: Party) -> Address:
    return paper.address or NOBODY


def _register(identity: str) -> str:
    """Where the number stands: two numbers differ only if they stand in the same register."""
    kind, _, rest = identity.partition(":")
    return f"{kind}:{rest[:2]}"


def _numbers(found: frozenset[str] | set[str]) -> str:
    names = {"vat": "VAT id", "reg": "registration number"}
    return " and ".join(
        f"{names[kind]}" for kind in sorted({one.partition(":")[0] for one in found}, reverse=True)
    )
