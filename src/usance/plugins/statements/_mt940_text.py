"""Field 86 of an MT940: plain text, German "?20" sub-fields, or "/NAME/…/REMI/…" code words."""

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Remittance:
    texts: tuple[str, ...] = ()
    reference: str = ""  # Structured: what the creditor gave the payer.
    name: str = ""
    account: str = ""
    end_to_end: str = ""
    return_reason: str = ""


# The sign after the three digits divides the sub-fields: each bank has its own.
_GERMAN = re.compile(r"\s*(?:\d{3}\s*([?@>~^<|]|\+(?=[02]0))|([~^<]))(?=\d\d)")
_SUBFIELD = {
    signs: re.compile(rf"[{re.escape(signs)}](\d\d)") for signs in ("?@", ">", "~", "^", "<", "|")
} | {"+": re.compile(r"\+(00|10|2\d|3[0-48]|6[0-5])")}  # A plus begins telephone numbers, too.
_WORDS = re.compile(
    r"\b(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PREF|RREF|RTRN)\+\s?"
)
_SLASHED = re.compile(
    r"/(NAME|IBAN|BIC|REMI|EREF|PREF|IREF|MARF|CSID|RTRN|CNTP|ORDP|BENM|TRTP|CUST|ADDR|TRCD|SVCL"
    r"|PURP|ULTD|ULTC|ISDT|OCMT|CHGS|ID|USTD|STRD|INIT|SUBE|EXCH|SALA|SEPA)(?=/)"
)
# By whom it was issued, then the reference: a national one (betalingskenmerk), or ISO 11649.
_STRUCTURED = re.compile(r"/*(?:CUR|ISO)/+([^/]+)")
_CUT = "\x1f"  # Between sub-fields; a word boundary for _WORDS.
_FILLERS = frozenset({"\xff", "\u02d9", "/", "."})  # Alone in a sub-field: there is nothing.
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
PURPOSE = [f"{n:02d}" for n in range(20, 30)]
FURTHER = [f"{n:02d}" for n in range(60, 66)]
NOTHING = frozenset({"NOTPROVIDED", "NONREF", "EREF", "PREF"})  # The last two: see field 86.
# A word that was cut in two with its sub-field: "…S?25VWZ+…".
_TORN = re.compile("|".join(
    rf"\b{word[:at]}{_CUT}{word[at:]}\+"
    for word in ("EREF", "KREF", "MREF", "CRED", "SVWZ", "ABWA") for at in range(1, 4)
))  # fmt: skip
_TAIL = re.compile(_CUT + r"[A-Z]{1,3}\+")
# Code words behind a text of the bank's own: two of them, so that no path or date is taken for it.
_BEGUN, _GOING_ON = re.compile(r"/(?:TRTP|CNTP|CSID|NAME)/"), re.compile(r"/(?:REMI|EREF|IBAN)/")
_KNAB = re.compile(r"\n?\bREK: ?([A-Z]{2}\d{2}[A-Z0-9]{11,30})/NAAM: ?(.*)", re.DOTALL)
_ACCOUNT = re.compile(r"[A-Z]{0,2}[\d .-]{5,}+[A-Z0-9]*")


def remittance(text: str, *, ns: bool = False) -> Remittance:
    """What field 86 (or the older field NS) says; nothing of its text is cut off."""
    if ns:
        return _from_ns(text)
    joined = "".join(text.split("\n"))
    if found := _GERMAN.match(joined):
        return _german(joined, "?@" if found[1] in ("?", "@") else found[1] or found[2])
    if joined.startswith("/") and _SLASHED.match(joined):
        return _slashed(joined)
    if "/" in joined and (found := _BEGUN.search(joined)) and _GOING_ON.search(joined, found.end()):
        own = joined[: found.start()].strip()
        slashed = _slashed(joined[found.start() :])
        return replace(slashed, texts=(*slashed.texts, own) if own else slashed.texts)
    plain = "\n".join(line for line in text.split("\n") if line).strip()
    if "/NAAM:" in plain and (found := _KNAB.search(plain)):
        own, name = plain[: found.start()].strip(), " ".join(found[2].split())
        return Remittance(texts=(own,) if own else (), name=name, account=found[1])
    return Remittance(texts=(plain,) if plain else ())


def _german(text: str, signs: str) -> Remittance:
    fields: dict[str, str] = {}
    parts = _SUBFIELD[signs].split(text)
    for code, value in zip(parts[1::2], parts[2::2], strict=True):
        if value.strip() not in _FILLERS:
            fields[code] = fields.get(code, "") + value
    purposes = [fields[code] for code in PURPOSE if fields.get(code)]
    words = _plus_words(purposes)
    purpose = words.get("SVWZ", "") or words.get("", "")
    if not purpose and not all(_WORDS.match(found) for found in purposes):
        purpose = "".join(purposes)  # Text without a word of its own: which part, we cannot tell.
    further = "".join(fields.get(code, "") for code in FURTHER)
    return Remittance(
        texts=tuple(found.strip() for found in (purpose, further) if found.strip()),
        name=" ".join((fields.get("32", "") + fields.get("33", "")).split()),
        account=_whole(fields, signs) or words.get("IBAN", "").strip(),
        end_to_end=_given(words.get("EREF", "")),
        return_reason=words.get("RTRN", ""),
    )


def _whole(fields: dict[str, str], signs: str) -> str:
    """The other party's account: Polish banks ("~") put the whole of it behind its parts."""
    account, whole = fields.get("31", "").strip(), fields.get("38", "").strip()
    return whole if not account or (signs == "~" and _IBAN.fullmatch(whole)) else account


def _plus_words(purposes: list[str]) -> dict[str, str]:
    """ "EREF+…SVWZ+…" as a dictionary; what stands before the first word has the key "".

    A sub-field is cut at 27 characters, so a word's text goes on in the next one; a new word may
    stand at the beginning of a sub-field or within it.
    """
    joined = _CUT.join(purposes)
    if _TAIL.search(joined):
        joined = _TORN.sub(lambda torn: _CUT + torn[0].replace(_CUT, ""), joined)
    parts = _WORDS.split(joined)
    found = {"": parts[0].replace(_CUT, "").strip()}
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        found[word] = (found.get(word, "") + value.replace(_CUT, "")).strip()
    return found


def _from_ns(text: str) -> Remittance:
    """Field NS of older German banks: a number and its text on each line."""
    numbered = [(line[:2], line[2:].strip()) for line in text.split("\n") if line]
    purpose = "".join(said for number, said in numbered if "01" <= number <= "14")
    return Remittance(
        texts=(purpose,) if purpose else (),
        name=" ".join(said for number, said in numbered if number in ("15", "16")),
    )


def _slashed(text: str) -> Remittance:
    """Dutch banks: code words between slashes; ING packs account, BIC and name into CNTP."""
    parts = _SLASHED.split(text)
    found: dict[str, str] = {}
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        found.setdefault(word, value.strip("/").strip())
    packed = found.get("CNTP", "").split("/")
    account, name = _other(found.get("ORDP", "") or found.get("BENM", ""))
    structured = _STRUCTURED.match(found.get("STRD", ""))
    purpose = found.get("REMI", "") or found.get("USTD", "")
    purpose = purpose or (found.get("STRD", "") if not structured else "")
    if not purpose and not structured and "REMI" not in found:
        purpose = text.strip()
    return Remittance(
        texts=(purpose,) if purpose else (),
        reference=structured[1].strip() if structured else "",
        name=found.get("NAME", "") or (packed[2] if len(packed) > 2 else "") or name,
        account=found.get("IBAN", "") or packed[0] or account,
        end_to_end=_given(found.get("EREF", "")),
        return_reason=found.get("RTRN", ""),
    )


def _other(party: str) -> tuple[str, str]:
    """Account and name of who ordered or is to have it, where one slash divides them."""
    told = [part.strip() for part in party.split("/") if part.strip()]
    account = told.pop(0) if told and _ACCOUNT.fullmatch(told[0]) else ""
    return account, told[0] if told else ""


def _given(reference: str) -> str:
    plain = reference.strip()
    return "" if plain.upper() in NOTHING else plain
