"""The server with a small application behind it, as a process: python -m tests.gateway.wire_process PORT LIMITS."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from typing import Any

import uvloop

from gateway.wire.limits import Limits
from gateway.wire.serving import WireServer


async def application(scope: Any, receive: Any, send: Any) -> None:
    """What the path says: `/slow`, `/deaf`, `/flood`; anything else tells what came."""
    path = scope["path"]
    if path == "/deaf":
        return await answer(send, 413, b"{}")
    if path == "/lazy":
        await asyncio.sleep(float(scope["query_string"]))
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        size, more = size + len(message["body"]), message["more_body"]
    if path == "/slow":
        print("asked", flush=True)  # noqa: T201
        await asyncio.sleep(float(scope["query_string"]))
    if path == "/flood":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        return await send({"type": "http.response.body", "body": b""})
    told = {"path": path, "size": size, "headers": sorted({name.decode("latin-1") for name, _ in scope["headers"]})}
    return await answer(send, 200, json.dumps(told).encode())


async def answer(send: Any, status: int, body: bytes) -> None:
    """One whole answer."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def serve(port: int, limits: Limits) -> None:
    """Until SIGTERM."""
    listener = socket.create_server(("127.0.0.1", port))
    server = WireServer(application, limits)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve_on(listener)


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Limits(**json.loads(sys.argv[2]))))
