"""A bank that takes and gives files over HTTPS with a bearer token.

`POST {url}/{iban}/orders` takes a pain.001 or pain.008, `GET {url}/{iban}/orders/{name}` gives its
pain.002, `GET {url}/{iban}/statements?on=YYYY-MM-DD` a camt.053; 404 means: not there yet. Banks
differ in paths and log-in, not in this shape; a bank with a protocol of its own is a module beside
this one.
"""

from collections.abc import Mapping
from datetime import date

import httpx

from usance.plugins import TryLater
from usance.plugins._trust import authorities

from . import OutcomeUnknown, Refused

CONFIG: Mapping[str, str] = {
    "url": "of the accounts, without the IBAN",
    "token": "bearer token; may be empty",
}
TIMEOUT_SECONDS = 30


def send(account: str, name: str, data: bytes, config: Mapping[str, str]) -> None:
    with _client(config) as client:
        try:
            answer = client.post(
                f"{config['url']}/{account}/orders",
                content=data,
                headers={"content-type": "application/xml", "x-file-name": name},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as unreachable:
            raise TryLater(str(unreachable)) from unreachable
        except httpx.HTTPError as trouble:
            raise OutcomeUnknown(str(trouble)) from trouble
    if answer.status_code == 409:
        return  # A file of this name is there: ours, for our files never change.
    if answer.status_code in (429, 503):
        raise TryLater(f"{answer.status_code}")
    if answer.status_code >= 500:
        raise OutcomeUnknown(f"{answer.status_code}")
    if answer.status_code >= 400:
        raise Refused(f"{answer.status_code} {answer.text[:200]}")


def answer(account: str, name: str, config: Mapping[str, str]) -> bytes | None:
    return _fetch(f"{config['url']}/{account}/orders/{name}", config)


def statement(account: str, on: date, config: Mapping[str, str]) -> bytes | None:
    return _fetch(f"{config['url']}/{account}/statements?on={on.isoformat()}", config)


def _fetch(url: str, config: Mapping[str, str]) -> bytes | None:
    with _client(config) as client:
        try:
            answer = client.get(url)
        except httpx.HTTPError as trouble:
            raise TryLater(str(trouble)) from trouble
    if answer.status_code in (204, 404):
        return None
    if answer.status_code != 200:
        raise TryLater(f"{answer.status_code} {answer.text[:200]}")
    return answer.content


def _client(config: Mapping[str, str]) -> httpx.Client:
    headers = {"authorization": f"Bearer {config['token']}"} if config.get("token") else {}
    return httpx.Client(
        headers=headers,
        timeout=TIMEOUT_SECONDS,
        follow_redirects=False,
        trust_env=False,
        verify=authorities(),
    )
