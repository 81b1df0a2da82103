"""Every byte that came in or went out, by its SHA-256."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Path, Router

from usance import models
from usance.queries import own, quarantine
from usance.queries.parcels import stored

from . import gate

router = Router(tags=["Documents"])
PLAIN = "application/octet-stream"
# What is named by its type; the rest are only bytes. Nothing of it is ever shown as a page.
TYPES = ("application/pdf", "application/xml", "application/json", "text/csv")
BYTES = {"schema": {"type": "string", "contentMediaType": PLAIN}}
DESCRIBED = {
    "responses": {
        200: {"description": "The bytes", "content": dict.fromkeys((*TYPES, PLAIN), BYTES)}
    }
}


@router.get("/{sha256}", summary="Get a document's bytes", openapi_extra=DESCRIBED)
def download(
    request: HttpRequest, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
) -> HttpResponse:
    client = gate.caller(request).client
    rows = models.Document.objects.all() if client is None else own.documents(client)
    row = rows.get(sha256=sha256)
    quarantine.check(sha256)
    response = HttpResponse(
        stored(sha256), content_type=row.media_type if row.media_type in TYPES else PLAIN
    )
    response["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["ETag"] = f'"{sha256}"'
    return response
