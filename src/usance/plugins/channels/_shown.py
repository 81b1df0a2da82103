"""A request as people read it: secrets masked, documents told by their length.

A channel may have `shown(parcel, config) -> str` beside the names of its Protocol. What it shows is
made from the sealed parcel, as the request itself is: the same parcel gives the same bytes.
"""

import json
from collections.abc import Mapping
from typing import Any

MASK = "••••••••"
SECRET = ("authorization", "token", "password", "secret", "signature", "api-key", "apikey")
LONG = 400  # Letters of a value; base64 of a document has more.


def request(line: str, headers: Mapping[str, str], body: bytes) -> str:
    """The first line, the headers, and the body with its JSON indented."""
    head = [line, *(f"{name}: {masked(name, value)}" for name, value in headers.items())]
    return "\n".join([*head, "", _body(body)])


def masked(name: str, value: str) -> str:
    """The value, or its mask if the name says that it is a secret; a scheme stays readable."""
    if not any(word in name.lower() for word in SECRET):
        return value
    scheme, space, rest = value.partition(" ")
    return f"{scheme} {MASK}" if space and rest else MASK


def _body(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return body[:20_000].decode("utf-8", "replace")
    return json.dumps(_short(said), indent=2, ensure_ascii=False)


def _short(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _short(one, str(key)) for key, one in value.items()}
    if isinstance(value, list):
        return [_short(one, name) for one in value]
    if isinstance(value, str):
        text = masked(name, value)
        return text if len(text) <= LONG or "\n" in text else f"{text[:48]}… ({len(text)} letters)"
    return value
