"""What is attached to a mail, of whatever make: what is taken of it, and under which name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import Budget, Member
from ._names import media_type, refused, trouble

SMALL_PICTURE = 100_000  # Bytes; a scanned page has more.
# What programs add for each other.
OF_PROGRAMS = frozenset({
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
    "text/calendar", "text/vcard", "text/x-vcard", "application/pgp-keys",
    "message/delivery-status", "message/disposition-notification",
})  # fmt: skip
_ENDINGS = {
    "application/pdf": ".pdf", "application/xml": ".xml", "text/xml": ".xml", "text/csv": ".csv",
    "image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tif", "message/rfc822": ".eml",
    "application/zip": ".zip",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file in a mail. `because` says why there is nothing in it, if that is known."""

    name: str  # Without any path; empty: it has none.
    kind: str  # As the mail says.
    data: bytes
    within: str = ""  # The mail in the mail that it belongs to, with a slash at its end.
    because: str = ""


def members(attached: Iterable[Attached], budget: Budget) -> Iterator[Member]:
    """Every file, those that are refused with their reason."""
    seen: set[str] = set()
    for number, one in enumerate(attached, start=1):
        name = one.name or f"attachment-{number}{_ENDINGS.get(one.kind, '')}"
        if (one.within + name).casefold() in seen:  # In mails that is usual: image.png, image.png.
            name = f"{number}-{name}"
        name = one.within + name
        seen.add(name.casefold())
        if because := trouble(name):
            todo = "Ask for it under a plain name."
            yield Member(name=name, finding=refused("member_name", name, because, todo))
        elif one.kind == "application/ms-tnef" or name.lower().endswith("winmail.dat"):
            because = one.because or "it is called Outlook's own packing (winmail.dat) and is none"
            todo = "Ask the sender to send as HTML or plain text."
            yield Member(name=name, finding=refused("member_packing", name, because, todo))
        elif not one.data:
            because, todo = one.because or "it is empty", "Ask the sender for it again."
            yield Member(name=name, finding=refused("member_empty", name, because, todo))
        elif len(one.data) > budget.each or not budget.fits(len(one.data)):
            todo = "Hand it in alone, or split it."
            because = "with it the mail has more or larger files than we take"
            yield Member(name=name, finding=refused("member_too_large", name, because, todo))
        else:
            budget.spend(len(one.data))
            type_ = media_type(name)
            is_known = type_ != "application/octet-stream"
            yield Member(name=name, data=one.data, media_type=type_ if is_known else one.kind)


def plain(name: str) -> str:
    """A name without any path and in one line."""
    return " ".join(name.replace("\\", "/").rpartition("/")[2].split())
