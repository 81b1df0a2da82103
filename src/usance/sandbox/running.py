"""Start the sandbox: in a thread for tests, as a process of its own, or here and now."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from usance.plugins._trust import authorities

from .desk import TOKEN, Desk
from .houses import all_houses
from .outbox import Where
from .serving import Server
from .world import Settings, World

__all__ = ["Running", "Settings", "Where", "serve", "spawn", "start"]

# Signs what nobody but a test believes; a real one comes by --webhook-secret.
SECRET = "whsec_c2FuZGJveC1zYW5kYm94LXNhbmRib3gtc2VjcmV0"  # noqa: S105
OPTIONS = ("seed", "faults", "bouncing", "failing", "hang_seconds", "home", "smtp_port")


class Running:
    """A sandbox that runs. `ready` is what `python -m usance.sandbox` prints when it is ready;
    `http` is a client for everything else that the desk answers."""

    def __init__(self, ready: Mapping[str, Any]) -> None:
        self.ready = ready
        self.url: str = ready["url"]
        self.http = httpx.Client(
            base_url=self.url, timeout=600, trust_env=False, verify=authorities()
        )

    def config(self, kind: str, name: str) -> dict[str, str]:
        """The configuration of a plug-in of ours, e.g. ("channels", "smtp")."""
        return dict(self.ready[kind][name])

    def clock(self, at: datetime) -> dict[str, Any]:
        """Move the time; what happened, was told and is left to tell."""
        return self._said(self.http.post("/clock", json={"at": at.isoformat()}))

    def faults(self, **shares: float) -> dict[str, Any]:
        return self._said(self.http.post("/faults", json=shares))

    def dump(self) -> dict[str, Any]:
        return self._said(self.http.get("/dump"))

    def behave(self, number: str, behaviour: str) -> None:
        """The debtor of this invoice, not received yet, will behave so (debtors.BEHAVIOURS)."""
        self._said(self.http.post("/debtors", json={number: behaviour}))

    def close(self) -> None:
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _said(self, answer: httpx.Response) -> dict[str, Any]:
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        return said


class _Threaded(Running):
    def __init__(self, settings: Settings) -> None:
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._is_ready = threading.Event()
        self._told: dict[str, Any] = {}
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(settings,), daemon=True)
        self._thread.start()
        self._is_ready.wait()
        if self._trouble is not None:
            raise self._trouble
        super().__init__(self._told)

    def close(self) -> None:
        super().close()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self, settings: Settings) -> None:
        try:
            self._loop.run_until_complete(serve(settings, self._ready, self._stop))
        except BaseException as trouble:  # Whoever waits in __init__ must hear of it.
            self._trouble = trouble
            self._is_ready.set()
        finally:
            self._loop.close()

    def _ready(self, ready: dict[str, Any]) -> None:
        self._told = ready
        self._is_ready.set()


class _Spawned(Running):
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the sandbox did not start: exit code {process.wait()}")
        super().__init__(json.loads(line))

    def close(self) -> None:
        super().close()
        self.process.terminate()
        self.process.wait()


def start(settings: Settings | None = None) -> Running:
    """A sandbox in a thread of this process."""
    return _Threaded(settings or Settings())


def spawn(settings: Settings | None = None) -> Running:
    """A sandbox in a process of its own."""
    settings = settings or Settings()
    options = {name: getattr(settings, name) for name in OPTIONS} | {
        "at": settings.at.isoformat(),
        "webhook_url": settings.where.webhook_url,
        "inbound_url": settings.where.inbound_url,
        "inbound_smtp": settings.where.inbound_smtp,
        "webhook_secret": settings.where.secret,
    }
    words = [sys.executable, "-m", "usance.sandbox"]
    for name, value in options.items():
        if value not in (None, ""):
            words += [f"--{name.replace('_', '-')}", str(value)]
    if settings.where.is_simulated:
        words.append("--simulated-timestamps")
    return _Spawned(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))  # noqa: S603


async def serve(
    settings: Settings,
    ready: Callable[[dict[str, Any]], None],
    stop: asyncio.Event,
    *,
    http_port: int = 0,
) -> None:
    """Serve until `stop`; `ready` is called with the addresses."""
    if not settings.where.secret:
        settings = replace(settings, where=replace(settings.where, secret=SECRET))
    if settings.home:
        settings.home.mkdir(parents=True, exist_ok=True)
    world = World(settings)
    server = Server(Desk(world).answer)
    url = world.url = f"http://127.0.0.1:{await server.start(http_port)}"
    async with AsyncExitStack() as others:
        addresses = await _addresses(world, url, others)
        ready(addresses)
        try:
            await stop.wait()
        finally:
            await server.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*left, return_exceptions=True)


async def _addresses(world: World, url: str, others: AsyncExitStack) -> dict[str, Any]:
    """Every party's settings; who speaks more than HTTP is started, to end with `others`."""
    told: dict[str, dict[str, dict[str, str]]] = {
        "channels": {"portal": {}}, "directories": {}, "inspectors": {},
        "providers": {}, "rates": {},
    }  # fmt: skip
    for name, house in all_houses().items():
        told[house.KIND][name] = house.config(url, world.settings.where.secret)
        if serving := getattr(house, "serving", None):
            told[house.KIND][name] |= await others.enter_async_context(serving(world))
        for kind in getattr(house, "ALSO", ()):
            told[kind][name] = told[house.KIND][name]
    mail = told["channels"]["smtp"]
    login = {"user": "sandbox", "password": "sandbox", "ca_file": mail.pop("ca_file")}
    return {
        "url": url,
        "bank": f"{url}/bank",
        "seed": world.settings.seed,
        **told,
        "bureaus": {"rest": {"url": url, "token": TOKEN}},
        "smtp_login": login,
        "imap": {"host": "127.0.0.1", "port": mail.pop("imap_port")} | login,
    }
