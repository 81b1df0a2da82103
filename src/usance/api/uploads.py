"""Files in a request: as multipart/form-data, or as base64 in JSON. Both become the same values."""

import base64
import binascii
from hashlib import sha256
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from .problems import TooLarge
from .values import Line

JSON, MULTIPART = "application/json", "multipart/form-data"
MOST_FILES = 100  # In one request.


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("base64 in a string")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise ValueError("this is not base64") from wrong


IN_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
Base64 = Annotated[
    bytes,
    BeforeValidator(_bytes),
    WithJsonSchema(
        {
            "type": "string",
            "contentEncoding": "base64",
            "pattern": IN_BASE64,
        }
    ),
]


class FileIn(BaseModel):
    """A file in JSON."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(min_length=1, max_length=255, examples=["R-1001.xml"])]
    media_type: Annotated[
        str,
        Field(max_length=100, pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$", examples=["application/xml"]),
    ] = "application/octet-stream"
    content: Annotated[Base64, Field(examples=["PEludm9pY2UvPg=="])]


def is_multipart(request: HttpRequest) -> bool:
    return (request.content_type or "").lower() == MULTIPART


def limit(request: HttpRequest) -> None:
    """:raises TooLarge: before anything of it is read."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.API_LARGEST_BYTES:
        raise TooLarge(f"more than {settings.API_LARGEST_BYTES} bytes")


def sent(request: HttpRequest) -> dict[str, Any]:
    """Fields and files of a multipart request, to be validated like JSON. Unknown file fields
    stand under their own names, so that they are refused."""
    limit(request)
    said: dict[str, Any] = {
        name: values[0] if len(values) == 1 else values for name, values in request.POST.lists()
    }
    for name, files in request.FILES.lists():
        said[name] = [
            {
                "name": file.name,
                "media_type": (file.content_type or "application/octet-stream").lower(),
                "content": file.read(),
            }
            for file in files
        ]
    return said


def digest(request: HttpRequest) -> str:
    """SHA-256 of what was sent. Of multipart the parts: its boundary differs in every attempt."""
    if not is_multipart(request):
        return sha256(request.body).hexdigest()
    whole = sha256()
    for name, values in sorted(request.POST.lists()):
        for value in values:
            whole.update(f"{name}={value}\0".encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            file.seek(0)
            content = sha256(file.read()).hexdigest()
            file.seek(0)
            whole.update(f"{name}={file.name}:{file.content_type}:{content}\0".encode())
    return whole.hexdigest()


def described(
    fields: dict[str, Any], in_json: dict[str, Any], *, files: str, most: int = MOST_FILES
) -> dict[str, Any]:
    """The request body in OpenAPI, both ways. `files` is the name of the multipart field."""
    part = {"type": "string", "contentMediaType": "application/octet-stream"}
    multipart = {
        "type": "object",
        "properties": {
            **fields, files: {"type": "array", "items": part, "minItems": 1, "maxItems": most}
        },
        "required": [files],
        "additionalProperties": False,
    }  # fmt: skip
    return {
        "requestBody": {
            "required": True,
            "content": {MULTIPART: {"schema": multipart}, JSON: {"schema": in_json}},
        }
    }
