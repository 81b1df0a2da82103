"""What somebody hands in on a page: its limits, the totals that come with it, and how far it is.

The office's New batch and the client's own Hand in ask the same and refuse the same.
"""

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usance.actions import intake
from usance.domain.finding import Finding, Severity
from usance.domain.intake.control import Control
from usance.queries import batches as questions
from usance.web.typed import amount

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_BATCH = 200 * 1024 * 1024
MOST_FILES = 500
MEGABYTE = 1024 * 1024
DIGITS = 6  # Of a number of invoices: more is a slip of the hand.
LETTERS = 24  # Of an amount, with its spaces and commas.
LIMITS = {
    "files": MOST_FILES,
    "each": LARGEST_FILE // MEGABYTE,
    "all": LARGEST_BATCH // MEGABYTE,
}


def handed(files: Sequence[UploadedFile]) -> list[intake.File]:
    """The files of a form as intake wants them."""
    return [
        intake.File(
            name=file.name or "file",
            data=file.read(),
            media_type=file.content_type or "application/octet-stream",
        )
        for file in files
    ]


def answered(files: Sequence[UploadedFile]) -> str:
    """The word of success."""
    return ngettext("%(count)s file was taken in", "%(count)s files were taken in", len(files)) % {
        "count": len(files)
    }


def asked_totals(request: HttpRequest, *, currency: str) -> list[dict[str, str]]:
    """What was typed, and a second line for clients who sell in two currencies."""
    totals, codes = request.POST.getlist("total"), request.POST.getlist("currency")
    said = [{"total": t, "currency": c} for t, c in zip(totals, codes, strict=False)]
    return said or [{"total": "", "currency": currency}, {"total": "", "currency": ""}]


def too_much(files: Sequence[UploadedFile]) -> list[Finding]:
    """What of the upload is too much, all of it at once."""
    if not files:
        says, todo = _("No file was chosen."), _("Drop files on the field, or choose them.")
        return [fault("no_files", says, todo)]
    found = []
    if len(files) > MOST_FILES:
        says = _("%(count)s files are more than %(most)s.") % {
            "count": len(files), "most": MOST_FILES,
        }  # fmt: skip
        found.append(fault("too_many_files", says, _("Hand them in as several batches.")))
    for file in files:
        size = file.size or 0
        if size > LARGEST_FILE:
            says = _("%(name)s has %(size)s MB; a file may have %(most)s MB.") % {
                "name": file.name, "size": size // MEGABYTE, "most": LARGEST_FILE // MEGABYTE,
            }  # fmt: skip
            todo = _("Look whether it is an invoice; split a schedule into several.")
            found.append(fault("file_too_large", says, todo))
    size = sum(file.size or 0 for file in files)
    if size > LARGEST_BATCH:
        says = _("The files have %(size)s MB together; a batch may have %(most)s MB.") % {
            "size": size // MEGABYTE, "most": LARGEST_BATCH // MEGABYTE,
        }  # fmt: skip
        found.append(fault("batch_too_large", says, _("Hand them in as several batches.")))
    return found


def control(request: HttpRequest) -> tuple[Control, list[Finding]]:
    """The client's own totals from the form, and what is wrong with them."""
    count = request.POST.get("count", "").strip()
    faults, totals = [], []
    known = int(count) if count.isascii() and count.isdigit() and len(count) <= DIGITS else None
    if count and known is None:
        says = _("“%(text)s” is not a number of invoices.") % {"text": count[:LETTERS]}
        faults.append(fault("control_count_unreadable", says, _("Write digits only, or nothing.")))
    asked = zip(request.POST.getlist("total"), request.POST.getlist("currency"), strict=False)
    for total, currency in ((one.strip(), code.strip().upper()) for one, code in asked):
        if not total:
            continue
        is_short = len(total) <= LETTERS and len(currency) == 3
        money = amount(total, currency) if is_short else None
        if money is None or currency in {one.currency for one in totals}:
            text = f"{total[:LETTERS]} {currency}".strip()
            says = _("“%(text)s” is not an amount with a currency of its own.") % {"text": text}
            todo = _("Write such as 12,500.00 and EUR, or nothing.")
            faults.append(fault("control_total_unreadable", says, todo))
        else:
            totals.append(money)
    return Control(count=known, totals=tuple(totals)), faults


def fault(code: str, says: str, todo: str) -> Finding:
    return Finding(code=code, says=says, todo=todo, severity=Severity.FATAL)


def finding(kept: dict[str, str]) -> Finding:
    return Finding(
        code=kept.get("code", ""),
        says=kept.get("says", ""),
        where=kept.get("where", ""),
        severity=Severity(kept.get("severity", Severity.FATAL)),
        todo=kept.get("todo", ""),
    )


def progress(detail: questions.Detail, *, verified: str) -> dict[str, object]:
    """The stepper of a batch: how many have come how far, and whether anything still moves.

    :param verified: the word for what was verified.
    """
    done, course = detail.progress, detail.course
    steps = []
    if course.of:
        read = course.of - course.undecided
        steps.append(
            _step(_("Read"), read, course.of, moving=course.unread > 0, held=course.undecided > 0)
        )
    for name, count, of in (
        (_("Received"), done.received, done.received),
        (verified, done.verified, done.received - done.rejected),
        (_("Approved"), done.approved, done.to_fund),
        (_("Funded"), done.funded, done.to_fund),
    ):
        steps.append(_step(name, count, of, moving=done.moving > 0, held=done.held > 0))
    moving = done.moving > 0 or course.unread > 0
    return {"steps": steps, "progress": done, "course": course, "moving": moving}


def _step(name: str, count: int, of: int, *, moving: bool, held: bool) -> dict[str, str]:
    part = _("%(count)s of %(all)s") % {"count": count, "all": of}
    if of and count >= of:
        return {"name": name, "note": str(count), "is": "done", "icon": "circle-check"}
    if moving:
        return {"name": name, "note": part, "is": "now", "icon": "circle-dot"}
    if held:
        return {"name": name, "note": part, "is": "bad", "icon": "pause"}
    return {"name": name, "note": part, "is": "", "icon": "circle"}
