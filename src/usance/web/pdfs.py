"""A PDF that we made now, as a download."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def download(data: bytes, name: str) -> HttpResponse:
    """The bytes with a name for the disk; nothing in them runs, even if the browser opens them."""
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def file_name(kind: str, number: str) -> str:
    """ "certificate-R-1001.pdf": letters that every disk takes."""
    kept = "".join(ch if ch.isalnum() or ch in "-_" else "_" for ch in number)
    return f"{kind}-{kept}.pdf"
