"""A session with Kivra: an access token, asked for when it is needed and once more when it ended.

Source: Kivra Sweden API, "Authentication" and "Errors" (developer.kivra.com).
"""

import base64
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx
import msgspec

from usance.plugins._json import BROKEN

from ._trust import authorities

CONFIG: Mapping[str, str] = {
    "url": "https://sender.api.kivra.com, or the sandbox's",
    "client_id": "of our agreement",
    "client_secret": "of our agreement",
    "tenant": "our key as a sender",
    "timeout_seconds": "for each answer; without it 30",
}


class NotLetIn(Exception):
    """No token was given: nothing was asked or handed over. Says why, and when to come again."""

    def __init__(self, says: str, answer: httpx.Response | None = None) -> None:
        super().__init__(says)
        self.answer = answer


class _Token(msgspec.Struct):
    access_token: str


class _Fault(msgspec.Struct):
    code: int | str = ""
    short_message: str = ""
    long_message: str = ""


class Session:
    """One connection for a batch."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._config, self._token = config, ""
        self._client = httpx.Client(
            base_url=config["url"],
            timeout=float(config.get("timeout_seconds", "") or 30),
            follow_redirects=False,
            verify=authorities(),
            trust_env=False,
        )

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        """The answer for our tenant. An expired token is renewed once: 401 means nothing was done.

        :raises NotLetIn: if there is no token to be had.
        :raises httpx.HTTPError: if the call itself found no answer.
        """
        self._token = self._token or self._new_token()
        answer = self._post(path, body, headers)
        if answer.status_code == 401:
            self._token = self._new_token()
            answer = self._post(path, body, headers)
        return answer

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        known = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        url = f"/v2/tenant/{self._config['tenant']}/{path}"
        return self._client.post(url, content=body, headers=known | named)

    def _new_token(self) -> str:
        login = f"{self._config['client_id']}:{self._config['client_secret']}".encode()
        try:
            answer = self._client.post(
                "/v1/auth",
                data={"grant_type": "client_credentials"},
                headers={"authorization": f"Basic {base64.b64encode(login).decode()}"},
            )
        except httpx.HTTPError as trouble:
            raise NotLetIn(f"{type(trouble).__name__}: {trouble}") from trouble
        if answer.status_code != 200:
            raise NotLetIn(f"{answer.status_code} {fault(answer)}", answer)
        try:
            return msgspec.json.decode(answer.content, type=_Token).access_token
        except BROKEN as broken:
            raise NotLetIn("a token that cannot be read") from broken


def fault(answer: httpx.Response) -> str:
    """What an answer says went wrong: Kivra's code and words."""
    try:
        said = msgspec.json.decode(answer.content, type=_Fault)
    except BROKEN:
        return answer.reason_phrase
    return f"{said.code} {said.short_message}: {said.long_message}".strip()
