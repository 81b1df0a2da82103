"""Documents that were kept: their bytes, and a look at them that trusts none of those.

A document may be anybody's. The browser gets it as a download that runs nothing, pages as pictures
that a child process drew, and text as escaped text.
"""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from lxml import etree

from usance import models
from usance.letters import preview
from usance.queries import parcels, quarantine

SERVED = frozenset({
    "application/pdf", "application/xml", "text/xml", "text/csv", "text/plain", "application/json",
    "image/png", "image/jpeg", "image/tiff",
})  # fmt: skip
SHOWN = 200_000  # Characters of a text.
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
SAFE_XML = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def file(request: HttpRequest, sha256: str) -> HttpResponse:
    """The bytes as they were kept."""
    row = _known(sha256)
    if _trouble(row):
        return look(request, sha256)
    kind = row.media_type.partition(";")[0].strip().lower()
    response = HttpResponse(
        parcels.stored(row.sha256),
        content_type=kind if kind in SERVED else "application/octet-stream",
    )
    response["Content-Disposition"] = content_disposition_header(True, row.name or row.sha256)
    return _harmless(response)


def look(request: HttpRequest, sha256: str) -> HttpResponse:
    """The document on a page of ours: pages as pictures, or its text."""
    row = _known(sha256)
    context = {"kept": row.kept_at, **seen(row, request.GET.get("page", ""))}
    status = 403 if context.get("locked") else 200
    return render(request, "office/document.html", context, status=status)


def seen(row: models.Document, page: str) -> dict[str, object]:
    """What a page of ours shows of a document: row, and pages with number, or text, or says."""
    if says := _trouble(row):
        return {"row": row, "says": says, "locked": True}
    data = parcels.stored(row.sha256)
    number = max(_number(page), 1)
    context: dict[str, object] = {"row": row, "says": ""}
    if _drawn(data):
        try:
            pages = preview.count(data)
        except preview.NoPreview as no:
            context["says"] = f"{no} {no.todo}"
        else:
            number = min(number, pages)
            context |= {
                "pages": pages, "number": number,
                "before": f"?page={number - 1}" if number > 1 else "",
                "after": f"?page={number + 1}" if number < pages else "",
            }  # fmt: skip
    else:
        text = as_text(data)
        if text is None:
            context["says"] = _("This document cannot be shown here. Download it to open it.")
        else:
            context |= {"text": text[:SHOWN], "cut": len(text) > SHOWN}
    return context


def picture(request: HttpRequest, sha256: str, number: int) -> HttpResponse:
    """One page, from 1, as PNG."""
    row = _known(sha256)
    if says := _trouble(row):
        raise Http404(says)
    try:
        png = preview.preview(parcels.stored(row.sha256), page=number - 1)
    except preview.NoPreview as no:
        raise Http404(str(no)) from no
    response = HttpResponse(png, content_type="image/png")
    response["Cache-Control"] = "private, max-age=3600"  # The same bytes for ever.
    return _harmless(response)


def as_text(data: bytes) -> str | None:
    """XML with its elements on lines of their own, or the text as it is; None: it is no text."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        try:
            root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True, **SAFE_XML))
        except etree.XMLSyntaxError:
            root = None  # Broken: shown as it is.
        if root is not None:
            return str(etree.tostring(root.getroottree(), pretty_print=True, encoding="unicode"))
    for encoding in ("utf-8-sig", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0e-\x1f]", text[:4096]) else text
    return None


def _known(sha256: str) -> models.Document:
    row = models.Document.objects.filter(pk=sha256).first()
    if row is None:
        raise Http404("no such document")
    return row


def _trouble(row: models.Document) -> str:
    """Why nobody may have it; empty: everybody here may."""
    try:
        quarantine.check(row.sha256)
    except quarantine.Infected as no:
        return f"{no}. {no.todo}"
    return ""


def _drawn(data: bytes) -> bool:
    return b"%PDF-" in data[:1024] or data.startswith(PICTURES)


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 1


def _harmless(response: HttpResponse) -> HttpResponse:
    """Nothing in it runs or is guessed, even if the browser opens it."""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
