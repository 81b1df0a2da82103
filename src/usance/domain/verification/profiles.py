"""Which rule sets judge a document: by the profile asked for, or by what the document says."""

from datetime import date
from enum import StrEnum
from functools import cache, lru_cache

from ..finding import Finding
from .document import Document
from .plan import ask
from .reading import day, tidied, value
from .rulebook import Book, Release, Rule, Section, only


class Profile(StrEnum):
    EN16931 = "en16931"
    PEPPOL = "peppol"
    SELF_BILLING = "peppol-selfbilling"
    XRECHNUNG = "xrechnung"


class NoRelease(LookupError):
    """No release of this rule set was in force on that day."""


# What stands in the specification identifier (BT-24) of each profile.
MARKS = (
    ("urn:fdc:peppol.eu:2017:poacc:billing", Profile.PEPPOL),
    ("urn:fdc:peppol.eu:2017:poacc:selfbilling", Profile.SELF_BILLING),
    ("xrechnung", Profile.XRECHNUNG),
)
WRITING = ("UBL-", "CII-")  # Rules about the two syntaxes: no table and no page can break them.


@cache
def rule_sets(profile: Profile) -> tuple[tuple[Release, ...], ...]:
    """The rule sets of a profile. They are a thousand functions: loaded when first asked for."""
    from . import en16931, peppol, xrechnung

    own = {
        Profile.PEPPOL: (peppol.RELEASES,),
        Profile.SELF_BILLING: (peppol.SELF_BILLING,),
        Profile.XRECHNUNG: (xrechnung.RELEASES,),
    }
    return (en16931.RELEASES, *own.get(profile, ()))


def profile_of(document: Document) -> Profile:
    """The profile that a document names as its specification (BT-24); EN 16931 if none."""
    path = (
        "cbc:CustomizationID"
        if document.syntax == "ubl"
        else "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    )
    specification = value(document.root, path)
    for mark, profile in MARKS:
        if mark in specification:
            return profile
    return Profile.EN16931


def release_of(releases: tuple[Release, ...], on: date) -> Release:
    """The release in force on a day; the oldest one for days before any was.

    :raises NoRelease: if the last one has run out.
    """
    known = sorted(releases, key=lambda release: release.valid_from)
    for release in reversed(known):
        if release.valid_from <= on:
            if release.valid_until is not None and on > release.valid_until:
                raise NoRelease(f"{release.name} {release.version} ended {release.valid_until}")
            return release
    return known[0]


def issue_date(document: Document) -> date | None:
    """The day on which a document says that it was issued (BT-2); None if it says none."""
    try:
        if document.syntax == "ubl":
            return day(value(document.root, "cbc:IssueDate"))
        path = "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"
        words = tidied(document.root, path)
        return date.fromisoformat(f"{words[:4]}-{words[4:6]}-{words[6:]}")
    except ValueError:
        return None


def judge(document: Document, profile: Profile, *, on: date) -> list[Finding]:
    """Every finding of the rule sets of a profile, as they stood on a day."""
    from . import peppol

    nations = peppol.nations(document) if profile is Profile.PEPPOL else frozenset()
    return ask(_book(profile, document.syntax, on, nations), document)


def terms_of(profile: Profile, *, on: date) -> dict[str, frozenset[str]]:
    """By rule id the terms of EN 16931 (BT-1, BG-23) that it is about; none: about the writing."""
    releases = (release_of(rule_set, on) for rule_set in rule_sets(profile))
    found: dict[str, frozenset[str]] = {}
    for rule in (rule for release in releases for rule in release.rules):
        if not rule.id.startswith(WRITING):
            found[rule.id] = found.get(rule.id, frozenset()) | rule.terms
    return found


def forget() -> None:
    """Drop the books: what is judged next is judged as the first."""
    for known in (_book, _bound, _sections):
        known.cache_clear()


@lru_cache(maxsize=4096)  # A day of any year may be asked for; the books behind are few.
def _book(profile: Profile, syntax: str, on: date, nations: frozenset[str]) -> Book:
    releases = tuple(release_of(rule_set, on) for rule_set in rule_sets(profile))
    return _bound(releases, syntax, nations)


@cache
def _bound(releases: tuple[Release, ...], syntax: str, nations: frozenset[str]) -> Book:
    return Book(
        section
        for release in releases
        for nation, section in _sections(release, syntax).items()
        if nation in nations | {""}
    )


@cache
def _sections(release: Release, syntax: str) -> dict[str, Section]:
    """The rules of a release by the country whose they are, "" for those of all."""
    from . import peppol

    found: dict[str, list[Rule]] = {}
    for rule in only(release.rules, syntax):
        found.setdefault(peppol.nation_of(rule), []).append(rule)
    return {nation: Section(rules) for nation, rules in found.items()}
