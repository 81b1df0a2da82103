"""Signed calls to Digipost.

Every request carries a date within five minutes of theirs, the hash of its body, and a signature
over method, path, these headers and the query, in lines of lower case that end in a line feed.

Source: Digipost API, "Security in the Digipost API" and "HTTP Headers" (digipost.github.io/
digipost-technical-docs); the schema api_v8.xsd.
"""

import base64
import hashlib
from collections.abc import Mapping
from email.utils import format_datetime
from urllib.parse import urlencode, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

from ._machine_time import signing_time
from ._trust import authorities

MEDIA_TYPE = "application/vnd.digipost-v8+xml"
NAMESPACE = "http://api.digipost.no/schema/v8"
CONFIG: Mapping[str, str] = {
    "url": "https://api.digipost.no, or the test environment's",
    "sender": "our sender id, a number",
    "private_key": "PEM of the key whose certificate Digipost has, without a password",
    "timeout_seconds": "for each answer; without it 30",
    "signed_at": "ISO 8601 moment of the signature, for tests; without it the machine's time",
}
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


class NoAnswer(ValueError):
    """Bytes that are no answer of Digipost's."""


class Session:
    """One connection for a batch."""

    def __init__(self, config: Mapping[str, str]) -> None:
        key = load_pem_private_key(config["private_key"].encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("private_key is no RSA key")
        self._config, self._key = config, key
        self.sender = config["sender"]
        self._prefix = urlsplit(config["url"]).path.rstrip("/")
        self.client = httpx.Client(
            base_url=config["url"],
            timeout=float(config.get("timeout_seconds", "") or 30),
            follow_redirects=False,
            verify=authorities(),
            trust_env=False,
        )

    def post(self, path: str, body: bytes, media_type: str = MEDIA_TYPE) -> httpx.Response:
        """:raises httpx.HTTPError: if the call found no answer."""
        headers = self._signed("POST", path, body, "") | {"content-type": media_type}
        return self.client.post(path, content=body, headers=headers)

    def get(self, path: str, **query: str) -> httpx.Response:
        """:raises httpx.HTTPError: if the call found no answer."""
        asked = urlencode(query)
        headers = self._signed("GET", path, b"", asked)
        return self.client.get(f"{path}?{asked}" if asked else path, headers=headers)

    def _signed(self, method: str, path: str, body: bytes, query: str) -> dict[str, str]:
        headers = {
            "date": format_datetime(signing_time(self._config), usegmt=True),
            "x-digipost-userid": self.sender,
        }
        if body:
            headers["x-content-sha256"] = base64.b64encode(hashlib.sha256(body).digest()).decode()
        said = to_sign(method, self._prefix + path, headers, query).encode()
        signature = self._key.sign(said, padding.PKCS1v15(), SHA256())
        headers["x-digipost-signature"] = base64.b64encode(signature).decode()
        return headers | {"accept": MEDIA_TYPE}


def to_sign(method: str, path: str, headers: Mapping[str, str], query: str) -> str:
    """What is signed: also a line without a query ends in a line feed."""
    lines = [method.upper(), path.lower()]
    lines += [
        f"{name}: {headers[name]}"
        for name in ("date", "x-content-sha256", "x-digipost-userid")
        if name in headers
    ]
    return "\n".join([*lines, query.lower(), ""])


def element(name: str, *inside: etree._Element, text: str = "") -> etree._Element:
    """One element of Digipost's schema."""
    made = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # The stubs do not know None.
    made.text = text or None
    made.extend(inside)
    return made


def written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def read_answer(data: bytes, name: str) -> etree._Element:
    """The root of an answer.

    :raises NoAnswer: if it is no XML, or another element.
    """
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as broken:
        raise NoAnswer(f"no XML: {broken}") from broken
    if root.tag != f"{{{NAMESPACE}}}{name}" or b"<!DOCTYPE" in data:
        raise NoAnswer(f"it is {root.tag}, not {name}")
    return root


def text_of(root: etree._Element, path: str) -> str:
    """The text at a path of element names, or nothing."""
    found = root.find("/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/")))
    return (found.text or "").strip() if found is not None else ""


def fault(answer: httpx.Response) -> str:
    """What an answer says went wrong: Digipost's code and words."""
    try:
        root = read_answer(answer.content, "error")
    except NoAnswer:
        return answer.reason_phrase
    return f"{text_of(root, 'error-code')}: {text_of(root, 'error-message')}"[:300]
