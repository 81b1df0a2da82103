"""Which companies a paper names, and what it says of them beside where their names stand."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from .marks import Marked, key
from .proposals import Candidate
from .reading import Box, Reason

LEGAL_FORM = re.compile(
    r"(?<!\w)(?:GmbH(?: ?& ?Co\.? ?KG)?|gGmbH|AG|KG|OHG|UG(?: ?\(haftungsbeschränkt\))?|e\. ?K\.?"
    r"|e\.V\.|GbR|mbH|SE|AB|HB|KB|Handelsbolag|Kommanditbolag|ASA|A/S|AS|ANS|ApS|I/S|K/S|P/S|Oyj?|Ky"
    r"|Tmi|SARL|S\.A\.R\.L\.?|SAS|SASU|EURL|S\.A\.|SA|SCI|SNC|B\.?V\.?|N\.?V\.?|V\.?O\.?F\.?"
    r"|Ltd\.?|Limited|PLC|plc|LLP|LLC|Inc\.?|Corp\.?|S\.?r\.?l\.?|S\.?p\.?A\.?"
    r"|S\.L\.|Sp\. z o\.o\.|AKTIEBOLAG|Aktiebolag|HANDELSBOLAG|GMBH(?: ?& ?CO\.? ?KG)?|APS|LTD\.?|LIMITED"
    r"|INC\.?|OYJ?|KY)(?![\w/])"
)
SPLIT = re.compile(r"\s+[●•·|*∙◦■▪–—-]\s+|\s*[●•·|∙■▪]\s*|, (?=[^,]*\d)")
BANK = re.compile(r"bank|sparkasse|swift|blz|postbank", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:@|www\.)([\w.-]+)\.[a-z]{2,6}(?!\w)", re.IGNORECASE)
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_SHORTEST = 4  # Letters that a domain and a name must have in common.
_MOST_WORDS = 7  # Of a name.
_FOOT = 0.85  # Of a page: below it senders print who they are.


def weighed(m: Marked, found: Mapping[str, list[Candidate]]) -> None:
    """Raises and sinks the parties by the sender's own addresses, the foot, and who else is there."""
    printed = dict(_companies(m))
    named = {  # A name that goes on in the next line is the whole one's.
        one: said for one, said in printed.items()
        if not any(other != one and other.startswith(one) for other in printed)
    }  # fmt: skip
    _by_domain(m, found, named)
    _in_the_foot(m, found)
    _by_elimination(found, named)


@lru_cache(maxsize=4096)
def company_key(name: str) -> str:
    """A name without its legal form, as `marks.key` writes it."""
    return key(LEGAL_FORM.sub("", name))


@lru_cache(maxsize=8192)
def company_of(text: str) -> str:
    """The company that a line begins with, as printed; empty if none."""
    parts = [part for part in SPLIT.split(text) if part.strip()]
    form = LEGAL_FORM.search(parts[0]) if parts else None
    if not form or len(LEGAL_FORM.sub("GmbH", parts[0]).split()) > _MOST_WORDS:
        return ""
    name = parts[0][: form.end()] if form.start() > 1 else parts[0]
    return name if company_key(name).strip("0123456789") else ""  # No "1012 AB" of Amsterdam.


def _companies(m: Marked) -> Iterator[tuple[str, tuple[str, Box]]]:
    for row in m.rows:
        for cell in row.cells:
            name = company_of(cell.text)
            if name and not BANK.search(name) and company_key(name):
                yield company_key(name), (name, cell.box)


def _by_domain(m: Marked, found: Mapping[str, list[Candidate]],
               named: Mapping[str, tuple[str, Box]]) -> None:  # fmt: skip
    """Who writes a mail or web address in its own name sells, unless somebody else does, too."""
    roots = {one for row in m.rows for one in _roots(row.text)}
    keys = {*named, *(company_key(one.text) for ones in found.values() for one in ones)}
    own = {one for one in keys if any(_speaks_of(root, one, named) for root in roots)}
    if len(own) != 1:
        return
    (whose,) = own
    sellers = found["seller_name"]
    if all(company_key(one.text) != whose for one in sellers) and whose in named:
        name, box = named[whose]
        reason = Reason(code="position", says="A company on the page.", weight=0.4)
        sellers.append(Candidate("seller_name", name, (reason,), box))
    if any(company_key(one.text) != whose and one.score >= 1 for one in sellers) and any(
        company_key(one.text) == whose and one.score >= 1.5 for one in found["buyer_name"]
    ):  # It may be where the invoice is to be sent.
        says = "Its mail or web address is printed, as a sender's is."
        _because(found["buyer_name"], whose, "doubt", says, -1.0)
        return
    _because(sellers, whose, "address", "Its mail or web address is printed.", 1.0)
    _because(found["buyer_name"], whose, "doubt", "The sender's address is in its name.", -1.5)


def _roots(text: str) -> Iterator[str]:
    for host in _DOMAIN.findall(text) if "@" in text or "w." in text.casefold() else ():
        yield key(host.rsplit(".", 1)[-1] if not host.endswith((".co", ".com")) else
                  host.split(".")[-2])  # fmt: skip


def _speaks_of(root: str, company: str, named: Mapping[str, tuple[str, Box]]) -> bool:
    spelled = {company}
    if company in named:
        spelled.add(company_key(named[company][0].casefold().translate(_SPELLED)))
    return any(
        min(len(root), len(one)) >= _SHORTEST and (one.startswith(root) or root.startswith(one))
        for one in spelled
    )  # fmt: skip


def _in_the_foot(m: Marked, found: Mapping[str, list[Candidate]]) -> None:
    """The only company at the foot of a page sells: a slip names both."""
    low = {company_key(name) for row in m.rows
           if row.bottom > _FOOT * m.pages[row.page - 1].height for cell in row.cells
           if (name := company_of(cell.text)) and not BANK.search(name)}  # fmt: skip
    if len(low) != 1:
        return
    (whose,) = low
    _because(found["seller_name"], whose, "position", "The only company at the foot.", 0.6)
    _because(found["buyer_name"], whose, "doubt", "It stands at the foot.", -1.0)


def _by_elimination(found: Mapping[str, list[Candidate]],
                    named: Mapping[str, tuple[str, Box]]) -> None:  # fmt: skip
    """Of two companies on a paper one sells and the other buys."""
    if len(named) != 2:
        return
    _left_to_buy(found, named)
    for side, other in (("seller_name", "buyer_name"), ("buyer_name", "seller_name")):
        best = max(found[other], key=lambda one: one.score, default=None)
        taken = company_key(best.text) if best and best.score >= 1.5 else ""
        if taken not in named:
            continue
        (left,) = named.keys() - {taken}
        if any(company_key(one.text) == left and one.score > 0.3 for one in found[side]):
            _because(found[side], left, "only", "The other company on the pages is not.", 0.9)
            _because(found[side], taken, "doubt", "It is the other party.", -0.7)


def _left_to_buy(found: Mapping[str, list[Candidate]],
                 named: Mapping[str, tuple[str, Box]]) -> None:  # fmt: skip
    """Where nothing says who buys and one of two companies surely sells, the other one does."""
    seller = max(found["seller_name"], key=lambda one: one.score, default=None)
    if seller is None or seller.score < 1.8 or company_key(seller.text) not in named:
        return
    if all(one.score < 1 for one in found["buyer_name"]):
        (left,) = named.keys() - {company_key(seller.text)}
        name, box = named[left]
        reason = Reason(code="only", says="The other company on the pages sells.", weight=1.7)
        found["buyer_name"].append(Candidate("buyer_name", name, (reason,), box))


def _because(ones: list[Candidate], company: str, code: str, says: str, weight: float) -> None:
    for at, one in enumerate(ones):
        if company_key(one.text) == company:
            ones[at] = one.because(code, says, weight)
