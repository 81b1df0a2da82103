"""EN 16931: what a syntax could say but the core invoice does not, as tables (data/en16931_*.json).

Three families: elements and attributes that the core invoice leaves out (UBL-CR, CII-SR, CII-DT),
elements that stand there once (UBL-SR, CII-SR), and attributes that occur nowhere (UBL-DT).
"""

import re

from ...finding import Severity
from ..codes import table
from ..document import Document
from ..reading import Place, each
from ..rulebook import At, Bound, Chapter, at, own_attributes

CHAPTER = Chapter()
_LAST = re.compile(r"[^/]+$")
# In the artefacts an earlier rule takes the place of these, so that they never come to speak.
SHADOWED = frozenset({"CII-DT-010", "CII-DT-011", "CII-DT-012"})


def _no_total_tax(place: Place, _: Document) -> bool:
    return place.tag != "ram:TaxTotalAmount"


def _never(_: Place, __: Document) -> bool:
    return False


def _at_most_once(place: Place, _: Document, path: str, attribute: str = "") -> bool:
    found = each(place, path)
    if attribute:
        found = [one for one in found if one.get(attribute) is not None]
    return len(found) <= 1


def _once(place: Place, _: Document, path: str) -> bool:
    return len(each(place, path)) == 1


# Both in an order of their own: that of a set is another in each process.
def _attributes(_: Place, document: Document) -> list[str]:
    return sorted(document.attributes)


def _children(place: Place, _: Document) -> dict[str, None]:
    return dict.fromkeys(child.tag for child in place)


def _enter(syntax: str) -> None:
    found = table(f"en16931_{syntax}")
    for id, severity, *paths in found["forbidden"]:
        if id not in SHADOWED:
            _forbid(syntax, id, Severity(severity), paths)
    for id, severity, where, path, count in found["counted"]:
        path, _, attribute = path.partition("/@")
        place = where if isinstance(where, str) else " | ".join(where)
        many = "at most once" if count == "<=1" else "exactly once"
        CHAPTER.rule(
            id,
            severity=Severity(severity),
            says=f"{_name(path)} stands here {many} ({path}).",
            **_in(syntax, _counted(place, path, attribute, count)),
        )(_at_most_once if count == "<=1" else _once)
    for id, severity, attribute in found.get("attributes", ()):
        CHAPTER.rule(
            id,
            ubl=at("/Invoice | /CreditNote", kind=(_attributes, attribute)),
            severity=Severity(severity),
            says=f"The attribute {attribute} is not part of the core invoice.",
        )(_never)


def _in(syntax: str, place: At) -> Bound:
    return {"ubl": place} if syntax == "ubl" else {"cii": place}


def _counted(place: str, path: str, attribute: str, count: str) -> At:
    paths = (path, attribute) if attribute else (path,)
    # What is not there is there at most once: only what a place holds is counted.
    first = path.partition("/")[0]
    if count == "<=1" and first.startswith(("cac:", "ram:")):
        return at(place, *paths, kind=(_children, first))
    return at(place, *paths)


def _forbid(syntax: str, id: str, severity: Severity, paths: list[str]) -> None:
    attribute = ""
    if "/@" in paths[0]:
        attribute = paths[0].rpartition("/@")[2]
        paths = [path.rpartition("/@")[0] for path in paths]
    what = f"The attribute {attribute} of {_name(paths[0])}" if attribute else _name(paths[0])
    CHAPTER.rule(
        id,
        severity=severity,
        says=f"{what} is not part of the core invoice.",
        once=True,
        **_in(
            syntax,
            at(
                " | ".join(paths),
                kind=(own_attributes, attribute) if attribute else None,
                when=_no_total_tax if paths == ["ram:*Amount"] else None,
            ),
        ),
    )(_never)


def _name(path: str) -> str:
    found = _LAST.search(path)
    assert found is not None, path
    return found[0].rpartition(":")[2]


for one in ("ubl", "cii"):
    _enter(one)
