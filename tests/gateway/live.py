"""A gateway's application asked in this process, on a loop that goes on between requests, as a server's does."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partialmethod
from typing import Any, TypeVar

from falcon import code_to_http_status
from falcon.testing import Result, create_scope

from gateway.pages import App
from gateway.process import THREADS
from gateway.wire.leaving import GONE, LEFT

Answer = TypeVar("Answer")
PATIENCE = 30.0

_LOOP = asyncio.new_event_loop()
_LOOP.set_default_executor(ThreadPoolExecutor(THREADS))
threading.Thread(target=_LOOP.run_forever, name="gateway's loop", daemon=True).start()


def submit(work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
    """Let something be done on the gateway's loop."""
    return asyncio.run_coroutine_threadsafe(work, _LOOP)


def do(function: Callable[..., Answer], *args: Any) -> Answer:
    """Call a function on the gateway's loop: what is not made for other threads."""

    async def work() -> Answer:
        return function(*args)

    return submit(work()).result(PATIENCE)


def beside(name: str) -> list[asyncio.Task[Any]]:
    """What goes on beside requests under a name."""
    return [task for task in asyncio.all_tasks(_LOOP) if task.get_name() == name]


async def until(happened: threading.Event) -> None:
    """Wait for what a test does, without holding up the loop."""
    while not happened.is_set():
        await asyncio.sleep(0.005)


class Client:
    """Asks an application."""

    def __init__(self, app: App) -> None:
        self.app = app

    def simulate_request(self, method: str, path: str, **options: Any) -> Result:
        """The whole answer."""
        return submit(self.ask(method, path, **options)).result(PATIENCE)

    simulate_get = partialmethod(simulate_request, "GET")
    simulate_post = partialmethod(simulate_request, "POST")
    simulate_patch = partialmethod(simulate_request, "PATCH")
    simulate_put = partialmethod(simulate_request, "PUT")
    simulate_delete = partialmethod(simulate_request, "DELETE")
    simulate_options = partialmethod(simulate_request, "OPTIONS")
    simulate_head = partialmethod(simulate_request, "HEAD")

    async def ask(self, method: str, path: str, **options: Any) -> Result:
        """The same from the loop itself."""
        exchange = Exchange(self.app, method, path, **options)
        await exchange.task
        return exchange.result()

    def open(self, path: str, **options: Any) -> Exchange:
        """A request whose answer may go on; its head is there."""

        async def begin() -> Exchange:
            exchange = Exchange(self.app, "GET", path, **options)
            await asyncio.wait(
                [exchange.task, asyncio.ensure_future(exchange.begun.wait())], return_when="FIRST_COMPLETED"
            )
            return exchange

        return submit(begin()).result(PATIENCE)


class Exchange:
    """One request and what comes back. To be made on the loop."""

    def __init__(
        self,
        app: App,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | str = b"",
        json: Any = None,
        query_string: str = "",
        remote_addr: str = "127.0.0.1",
        breaks_off: bool = False,
    ) -> None:
        """What `breaks_off` comes in chunks, the last of which does not come."""
        self.begun, self.gone = asyncio.Event(), asyncio.Event()
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.parts: queue.Queue[bytes | None] = queue.Queue()
        sent = {**(headers or {})}
        if json is not None:
            body, sent = _encoded(json), {"Content-Type": "application/json", **sent}
        self._body = body.encode() if isinstance(body, str) else body
        self._breaks_off = breaks_off
        if self._body and not breaks_off and "content-length" not in map(str.lower, sent):
            sent["Content-Length"] = str(len(self._body))
        path, _, query = path.partition("?")
        scope = create_scope(path, query_string or query, method, sent)
        scope |= {"headers": list(scope["headers"]), "client": (remote_addr, 50_000)}
        scope["state"] = {LEFT: self.gone, GONE: self.gone}
        self._asked = False
        self.task = asyncio.get_running_loop().create_task(self._run(app, scope))

    async def _run(self, app: App, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self._receive, self._send)
        finally:
            self.parts.put(None)

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._body, "more_body": self._breaks_off}
        if not self._breaks_off:
            await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.decode(), value.decode("latin-1")) for name, value in message["headers"]]
            self.begun.set()
        elif message.get("body"):
            self.parts.put(message["body"])

    def result(self) -> Result:
        """The answer, when it has ended."""
        self.task.result()
        return Result(list(self), code_to_http_status(self.status), self.headers)

    def __iter__(self) -> Iterator[bytes]:
        while (part := self.parts.get(timeout=PATIENCE)) is not None:
            yield part

    def close(self) -> None:
        """The client goes away."""
        do(self.gone.set)
        submit(_ended(self.task)).result(PATIENCE)


async def _ended(task: asyncio.Task[None]) -> None:
    await asyncio.wait([task])


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode()
