"""Which company of the register stands on a paper? Certain, or candidates with reasons, or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from . import Address, Party
from .identity import identities, stated
from .names import Name, city_key, postcode_key, street_key, taken_apart
from .notation import branch_key, country_code

ALIKE = 88  # Per cent, Jaro-Winkler. Below it two names at most share a word.
SHOWN = 8
NOBODY = Address()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A company of the register that may be meant, as one of its rows knows it."""

    id: UUID  # Of the company: rows that were merged have one.
    name: str
    identities: frozenset[str]  # Of all its rows.
    address: Address
    branch: str = ""  # The number of an establishment, if the row has that instead.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a paper says of a company, as it is compared: read once for all that may be meant."""

    name: Name
    numbers: frozenset[str]
    stated: frozenset[str]
    branch: str
    street: str
    postcode: str
    city: str
    country: str


Evidence = Callable[[Paper, Known], str]


def same_number(paper: Paper, known: Known) -> str:
    shared = paper.numbers & known.identities
    return "same " + _numbers(shared) if shared else ""


def same_branch(paper: Paper, known: Known) -> str:
    return "same establishment" if paper.branch and paper.branch == known.branch else ""


def other_number(paper: Paper, known: Known) -> str:
    if not paper.stated or not known.identities:
        return ""
    registers = {_register(one) for one in known.identities}
    differ = {one for one in paper.stated - known.identities if _register(one) in registers}
    return "other " + _numbers(differ) if differ else ""


def chosen_before(_: Paper, known: Known) -> str:
    return "a person chose it for this spelling" if known.chosen_before else ""


def same_name(paper: Paper, known: Known) -> str:
    return "same name" if _same_name(paper, known) else ""


def same_name_but_form(paper: Paper, known: Known) -> str:
    mine, theirs = paper.name, taken_apart(known.name)
    if mine.form == theirs.form or not mine.keys & theirs.keys:
        return ""
    return f"same name, legal form {mine.form or 'not stated'} against {theirs.form or 'none'}"


def name_alike(paper: Paper, known: Known) -> str:
    if known.likeness < ALIKE or paper.name.keys & taken_apart(known.name).keys:
        return ""
    return f"name alike ({known.likeness} %)"


def name_within(paper: Paper, known: Known) -> str:
    if known.likeness >= ALIKE:
        return ""
    mine, theirs = paper.name, taken_apart(known.name)
    if mine.keys & theirs.keys:
        return ""
    shared = [word for word in mine.words if word in theirs.words and len(word) >= 4]
    return "shares " + ", ".join(shared) if shared else ""


def same_street(paper: Paper, known: Known) -> str:
    same = paper.street and paper.street == street_key(known.address.street)
    return "same street" if same else ""


def same_postcode(paper: Paper, known: Known) -> str:
    same = paper.postcode and paper.postcode == postcode_key(known.address.postcode)
    return "same postcode" if same and not other_country(paper, known) else ""


def same_city(paper: Paper, known: Known) -> str:
    return "same city" if paper.city and paper.city == city_key(known.address.city) else ""


def same_country(paper: Paper, known: Known) -> str:
    return "same country" if paper.country and paper.country == known.address.country else ""


def other_country(paper: Paper, known: Known) -> str:
    return "other country" if paper.country and paper.country != known.address.country else ""


EVIDENCE: dict[Evidence, int] = {
    same_number: 100,
    same_branch: 10,
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
    """Who is meant: certain (`certain`), and whom a person may choose from."""
    said = as_compared(paper)
    ranked: dict[UUID, Candidate] = {}
    for one in sorted(
        (_weighed(said, one) for one in known), key=lambda one: (-one.score, one.name)
    ):
        ranked.setdefault(one.id, one)  # Of a company that has two rows the likelier one.
    shown = tuple(one for one in ranked.values() if one.score > 0)[:SHOWN]
    sole, because = certain(said, known)
    return Resolution(certain=sole, because=because, candidates=shown)


def certain(paper: Paper, known: Sequence[Known]) -> tuple[UUID | None, str]:
    """The company that is meant without any doubt, and why; None: a person decides.

    Certain is, in this order, and only if no other company has the same claim: who has the number
    of the establishment, or a number, that the paper states, and none that contradicts; whom a
    person chose for this spelling; and, if the paper states no number, who has the same name with
    the same legal form, country, postcode and street. Everything else a person decides.
    """
    for has, because in CLAIMS:
        if claim := [one for one in known if has(paper, one)]:
            alone = len({one.id for one in claim}) == 1
            if alone and not any(_contradicts(paper, one) for one in claim):
                return claim[0].id, because
            return None, ""
    return None, ""


def as_compared(paper: Party) -> Paper:
    at = _at(paper)
    return Paper(
        name=taken_apart(paper.name), numbers=identities(paper), stated=stated(paper),
        branch=branch_key(paper.legal_id.value, country_code(at.country)) if paper.legal_id else "",
        street=street_key(at.street), postcode=postcode_key(at.postcode), city=city_key(at.city),
        country=country_code(at.country),
    )  # fmt: skip


def alias_key(paper: Party) -> str:
    """What a person's choice is remembered by: the numbers if the paper states any, else name,
    legal form and place. Empty: nothing that a choice could be tied to."""
    if numbers := stated(paper):
        return "|".join(sorted(numbers))[:200]
    name, at = taken_apart(paper.name), _at(paper)
    country = country_code(at.country)
    if not name.key or not country:
        return ""
    return f"{name.key[:120]}|{name.form}|{country}|{postcode_key(at.postcode)}"[:200]


def _contradicts(paper: Paper, known: Known) -> bool:
    """A VAT id outweighs a registration number, which some courts give out more than once."""
    same = paper.numbers & known.identities
    return bool(other_number(paper, known)) and not any(one.startswith("vat:") for one in same)


def _same_place_and_name(paper: Paper, known: Known) -> str:
    if paper.numbers:
        return ""
    same = (same_country, same_postcode, _same_name, same_street)
    return "name and address" if all(asked(paper, known) for asked in same) else ""


def _same_name(paper: Paper, known: Known) -> str:
    mine, theirs = paper.name, taken_apart(known.name)
    return "same" if mine.form == theirs.form and mine.keys & theirs.keys else ""


CLAIMS: tuple[tuple[Evidence, str], ...] = (
    (same_branch, "the number of the establishment that it states"),
    (same_number, "the number that it states"),
    (chosen_before, "a person chose it for this spelling"),
    (_same_place_and_name, "name and address"),
)


def _weighed(paper: Paper, known: Known) -> Candidate:
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
