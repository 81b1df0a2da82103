"""Identifiers of the parties and of the payment: whose VAT id, which account, which reference."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from usance.domain import reference

from . import identifiers
from .known import Known
from .marks import Label, Marked, Value, key
from .phrases_of_text import text_beside
from .proposals import Candidate
from .reading import Reason
from .territories import cell_of, stands_in, territories

_BUYERS = ("client", "customer", "kund", "kaufer", "buyer", "kopare", "asiakkaan", "klant",
           "tunnisteenne")  # fmt: skip
_YOURS = frozenset({"ihre", "your", "er", "ert", "deres", "jeres", "votre", "uw", "teidan", "ihr"})
_ADDRESS = 100.0  # Points from a name to the last line of its address.
_LABEL = 45.0  # Points that a label before an account is wide.
# Blocked accounts of builders, article 34 of the Dutch Invorderingswet 1990.
_BLOCKED = re.compile(r"g[- ]?rekening", re.IGNORECASE)
_BEGUN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: [A-Z\d]{4})*$")
_GROUP = re.compile(r"[\d.]+")
_GROUPS = 6  # Of an account's digits that may stand in the next line.
_CHECKS = Reason(code="check_digit", says="The check digits are right.", weight=1.6)
_FAILS = Reason(code="check_digit", says="The check digits are wrong.", weight=-1.2)


def numbered(m: Marked, proposals: Mapping[str, Sequence[Candidate]], known: Known,
             parties: Mapping[str, Sequence[Candidate]]) -> dict[str, list[Candidate]]:  # fmt: skip
    """Candidates for the identifier fields of FIELDS. `parties`: as `parties.named` found them."""
    found: dict[str, list[Candidate]] = {}
    sections = territories(m)
    _vat_ids(m, proposals, sections, parties, found)
    _companies(m, proposals, sections, found)
    for one in proposals.get("tax_number", ()):
        if sum(ch.isdigit() for ch in one.text) >= 6:
            found.setdefault("seller_tax_number", []).append(_as(one, "seller_tax_number"))
    _accounts(m, proposals, known, found)
    _references(m, proposals, found)
    return found


def _as(one: Candidate, field: str) -> Candidate:
    return Candidate(field, one.text, one.reasons, one.box, one.mark)


def _checked(one: Candidate) -> Candidate:
    reason = {True: _CHECKS, False: _FAILS}.get(one.mark.checked) if one.mark else None  # type: ignore[arg-type] # None is no key.  # fmt: skip
    return one.because(reason.code, reason.says, reason.weight) if reason else one


def _vat_ids(m: Marked, proposals: Mapping[str, Sequence[Candidate]], sections: Sequence[Label],
             parties: Mapping[str, Sequence[Candidate]],
             found: dict[str, list[Candidate]]) -> None:  # fmt: skip
    labelled = {one.mark: one for one in proposals.get("vat_id", ()) if one.mark}
    ids: list[Candidate] = []
    for value in m.values:
        if value in labelled:
            one = labelled[value]
            # Wrong digits are the sender's, if a label says that it is one.
            ids.append(one if value.checked is None else one.because(
                "check_digit", _CHECKS.says if value.checked else _FAILS.says,
                1.2 if value.checked else -0.4))  # fmt: skip
        elif value.kind == "vat_id" and value.checked is not False:
            reason = Reason(code="shape", says="Has the shape of a VAT id.", weight=0.6)
            ids.append(_checked(Candidate("vat_id", value.text, (reason,), value.box, value)))
    unplaced: list[Candidate] = []
    for one in ids:
        assert one.box is not None
        side = _side_of(m, one, sections) or _address_of(m, one, parties)
        if not side:
            unplaced.append(one)
            continue
        placed = _as(one, f"{side}_vat_id").because(
            "position", f"Stands where the {side} does.", 0.5
        )
        found.setdefault(placed.field, []).append(placed)
    for one in unplaced:
        taken = {other.text for other in found.get("seller_vat_id", ())}
        field = "seller_vat_id" if not taken or one.text in taken else "buyer_vat_id"
        weight = 0.3 if field == "seller_vat_id" else -0.8
        found.setdefault(field, []).append(
            _as(one, field).because("position", "Nothing says whose it is.", weight))  # fmt: skip


def _side_of(m: Marked, one: Candidate, sections: Sequence[Label]) -> str:
    phrase = next((reason.says for reason in one.reasons if reason.code == "label"), "")
    if any(word in key(phrase) for word in _BUYERS):
        return "buyer"
    assert one.box is not None
    assert one.mark is not None
    words = m.rows[one.mark.row].words[max(one.mark.first - 5, 0) : one.mark.first]
    near = [word for word in words if one.box.left - word.box.right < 120]
    if any(key(word.text) in _YOURS for word in near):
        return "buyer"
    return stands_in(m, sections, one.box)


def _address_of(m: Marked, one: Candidate, parties: Mapping[str, Sequence[Candidate]]) -> str:
    """Whose address it stands below, flush with the name: "seller", "buyer" or ""."""
    assert one.mark is not None
    box = cell_of(m.rows[one.mark.row], one.mark.first).box
    near = {}
    for side in ("seller", "buyer"):
        best = max(parties[f"{side}_name"], key=lambda name: name.score, default=None)
        if best is None or best.box is None or best.score < 1 or best.box.page != box.page:
            continue
        flush = abs(best.box.left - box.left) < 4 or abs(best.box.right - box.right) < 2
        if flush and -1 < box.top - best.box.top < _ADDRESS:  # A known name stands at its id.
            near[side] = best.box.top
    return max(near, key=lambda side: near[side]) if near else ""


def _companies(m: Marked, proposals: Mapping[str, Sequence[Candidate]], sections: Sequence[Label],
               found: dict[str, list[Candidate]]) -> None:  # fmt: skip
    for one in proposals.get("org_number", ()):
        assert one.mark is not None
        text = _whole_number(m, one.mark)
        digits = sum(ch.isdigit() for ch in text)
        if digits < 3 or digits > 14:
            continue
        country = identifiers.company_number(text)
        side = _side_of(m, one, sections) or "seller"
        name = f"{side}_number"
        plain = Candidate(name, text.replace(" ", ""), one.reasons, one.box, one.mark)
        if country:
            plain = plain.because("check_digit", f"Checks as a number of {country}.", 1.4)
        elif digits < 8:
            plain = plain.because("doubt", "No register that we know writes it so.", -0.6)
        found.setdefault(name, []).append(plain)


def _whole_number(m: Marked, value: Value) -> str:
    """A number printed in groups: "923 609 016"."""
    text = value.text
    words = m.rows[value.row].words
    for word in words[value.last : value.last + 3]:
        plain = word.text.strip(",;.")
        if not (text.replace(" ", "").isdigit() and plain.isdigit() and len(plain) == 3):
            break
        text += " " + plain
    return text


def _accounts(m: Marked, proposals: Mapping[str, Sequence[Candidate]], known: Known,
              found: dict[str, list[Candidate]]) -> None:  # fmt: skip
    for kind in ("iban", "bic", "bankgiro", "plusgiro"):
        labelled = {one.mark: one for one in proposals.get(kind, ()) if one.mark}
        for value in m.values:
            if value.kind != kind:
                continue
            one = labelled.get(value)
            if one is None:
                if kind != "iban" or not value.checked:
                    continue
                reason = Reason(code="shape", says="Has the shape of an IBAN.", weight=1.2)
                one = Candidate(kind, value.text, (reason,), value.box, value)
            one = _checked(_wrapped(m, one) if kind == "iban" and not value.checked else one)
            found.setdefault(kind, []).append(_whose(m, one, value, known))
    if "iban" not in found and (broken := list(_broken(m))):
        found["iban"] = broken
    for one in proposals.get("account_no", ()):
        assert one.mark is not None
        digits = re.sub(r"\D", "", _account_text(m, one.mark))
        if identifiers.norwegian_account(digits) and "iban" not in found:
            body = f"{digits}232400"  # "NO00" as digits, ISO 13616.
            text = f"NO{98 - int(body) % 97:02d}{digits}"
            found["iban"] = [Candidate("iban", text, one.reasons, one.box, one.mark).because(
                "check_digit", "A Norwegian account that checks, as IBAN.", 1.4)]  # fmt: skip


def _whose(m: Marked, one: Candidate, value: Value, known: Known) -> Candidate:
    before = m.rows[value.row].words[: value.first]
    if _BLOCKED.search(" ".join(word.text for word in before)):
        one = one.because("doubt", "Only tax and wages are paid from that account.", -1.6)
    if value.text in known.own_accounts:
        return one.because("known_party", "It is an account of ours.", 1.0)
    if any(value.text in party.accounts for party in known.sellers):
        return one.because("known_party", "The seller is known to use it.", 1.5)
    return one


def _broken(m: Marked) -> Iterator[Candidate]:
    """IBANs in running text that go on in the next line."""
    for row, below in pairwise(m.rows):
        found = _BEGUN.search(row.text)
        if found is None or below.page != row.page:
            continue
        text = found[0].replace(" ", "")
        for word in below.words[:_GROUPS]:
            text += word.text.rstrip(".,;")
            if identifiers.is_iban(text):
                says = "The end of a line and the next one make an IBAN that checks."
                reason = Reason(code="check_digit", says=says, weight=2.8)
                yield Candidate("iban", text, (reason,), row.words[-1].box)
                break


def _wrapped(m: Marked, one: Candidate) -> Candidate:
    """An IBAN whose last digits stand in the next line, as narrow columns print it."""
    assert one.mark is not None
    box = one.mark.box
    for row in m.rows[one.mark.row + 1 : one.mark.row + 6]:
        if row.page != box.page or row.top - box.bottom > box.bottom - box.top:
            break
        for cell in row.cells:
            if cell.first and not box.left - _LABEL < cell.box.left < box.left + 4:
                continue
            for words in range(1, min(len(cell.words), _GROUPS) + 1):
                rest = "".join(word.text for word in cell.words[:words])
                whole = one.text + rest
                if rest.isdigit() and identifiers.is_iban(whole):
                    mark = replace(one.mark, text=whole, checked=True)
                    return replace(one, text=whole, mark=mark)
    return one


def _account_text(m: Marked, value: Value) -> str:
    words = m.rows[value.row].words[value.first : value.first + 3]
    return "".join(takewhile(_GROUP.fullmatch, (word.text for word in words)))


def _references(m: Marked, proposals: Mapping[str, Sequence[Candidate]],
                found: dict[str, list[Candidate]]) -> None:  # fmt: skip
    name = "payment_reference"
    for one in proposals.get(name, ()):
        text = one.text
        if one.mark and one.mark.kind == "number":
            text = _grouped(m, one.mark)
        plain = text.replace(" ", "")
        kinds = [says for says, checks in (
            ("an ISO 11649 reference", reference.is_rf), ("a Swedish OCR number", reference.is_ocr),
            ("a Norwegian KID", reference.is_kid), ("a Finnish reference", reference.is_viite),
        ) if checks(plain)]  # fmt: skip
        better = Candidate(name, plain, one.reasons, one.box, one.mark)
        if kinds and len(plain) > 3:
            better = better.because("check_digit", f"Checks as {kinds[0]}.", 1.0)
        found.setdefault(name, []).append(better)
    found.setdefault(name, []).extend(_in_words(m))
    if not found[name]:
        del found[name]
    for value in m.values:
        if value.kind == "rf" and value.checked:
            reason = Reason(
                code="check_digit", says="Checks as an ISO 11649 reference.", weight=2.2
            )
            found.setdefault(name, []).append(
                Candidate(name, value.text, (reason,), value.box, value))  # fmt: skip
    for one in proposals.get("order_number", ()):
        if sum(ch.isdigit() for ch in one.text) >= 2:
            found.setdefault("order_number", []).append(one)


def _in_words(m: Marked) -> Iterator[Candidate]:
    """ "Invoice 4711": words and a number, as the payer is to write them."""
    name = "payment_reference"
    for label in m.labels:
        if label.field != name:
            continue
        text, box = text_beside(m, label)
        has_number = any(ch.isdigit() for ch in text) and " " in text
        if box and has_number and len(text) <= 70 and text[0].isalpha():
            reason = Reason(code="label", says=f"Stands beside “{label.phrase}”.", weight=2.4)
            yield Candidate(name, text, (reason,), box)


def _grouped(m: Marked, value: Value) -> str:
    text = value.text
    for word in m.rows[value.row].words[value.last : value.last + 6]:
        if not (text.replace(" ", "").isdigit() and word.text.isdigit() and len(word.text) <= 5):
            break
        text += word.text
    return text
