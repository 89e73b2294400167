"""One HTTP connection: uvicorn's on httptools, patient only with those who deserve it.

httptools refuses what two readers could see differently: several lengths, signs in numbers, bare CR and LF, both kinds
of framing. Here a request has one Host, a head and a body arrive in time and in measure, trailers are no headers, and
who doesn't read is not waited for. `sweep`, called every half second, sees to what is late.

Rests on uvicorn's internals (`HttpToolsProtocol`, `RequestResponseCycle`): its version is pinned, `test_wire` tells.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from chassis.base import metrics
from gateway.wire.expecting import expecting
from gateway.wire.leaving import GONE, LEFT

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

    from gateway.wire.serving import WireConfig

BAD_REQUEST, TOO_LATE, TOO_MANY, TOO_LARGE = 400, 408, 429, 431
_LINGER: Final = 1.0
"""Seconds in which the rest of what a refused client sends is thrown away, so that it sees the answer."""


class _Phase(Enum):
    """What is waited for."""

    REQUEST = "request"
    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"
    END = "end"


class GuardedProtocol(HttpToolsProtocol):
    """See above. All times are the loop's."""

    config: WireConfig

    # -- the connection ------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.limits = self.config.limits
        self.phase, self.since = _Phase.REQUEST, self.loop.time()
        self.swept = self.since
        self.fresh = True
        self.raw = self.body = self.unwanted = 0
        self.unsent, self.unsent_since = 0, self.since
        self.refusal: int | None = None
        self.running: RequestResponseCycle | None = None
        """The request that is being answered; `cycle` is the newest."""
        self.left, self.gone = asyncio.Event(), asyncio.Event()
        self.address = self.client[0] if self.client else ""
        self.counted = self.config.connections_open.enter(self.address)
        if not self.counted:
            self._end("too_many_connections")

    def connection_lost(self, exc: Exception | None) -> None:
        if self.counted:
            self.config.connections_open.leave(self.address)
        self.left.set()
        self.gone.set()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Who has said all may still wait for the answer."""
        self.left.set()
        if not self._unanswered() or self.cycle.more_body:
            return False
        self.cycle.keep_alive = False
        return True

    # -- what comes ----------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self.phase is _Phase.END:
            self._throw_away(len(data))
            return
        self.raw += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # which is not obliged to be followed (RFC 9110, 7.8)
            self.cycle.keep_alive = False
            self.phase = _Phase.END
        except httptools.HttpParserError:
            self._refuse(self.refusal or BAD_REQUEST)
        else:
            self._measure()

    def _measure(self) -> None:
        if self.phase is _Phase.HEAD and self.raw > self.limits.head_bytes:
            self._refuse(TOO_LARGE)
        elif self.phase is _Phase.BODY and self.raw - self.body > self.limits.framing_for(self.body):
            self._refuse(BAD_REQUEST)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self.fresh:  # the first head's time began with the connection
            self.since = self.loop.time()
        self.fresh, self.phase = False, _Phase.HEAD
        self.head, self.hosts, self.coded = 0, 0, False
        self.scope["state"] |= {LEFT: self.left, GONE: self.gone}

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._head_grows(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.phase is not _Phase.HEAD:
            return  # a trailer: nobody asked for it, and the application believes headers
        super().on_header(name, value)
        known = name.lower()
        self.hosts += known == b"host"
        if known == b"transfer-encoding":
            self.coded = True
            if value.strip().lower() != b"chunked":  # what else there was nobody reads any more, or each otherwise
                self._stop_reading(BAD_REQUEST)
        self._head_grows(len(name) + len(value) + 4)

    def _head_grows(self, size: int) -> None:
        self.head += size
        if self.head > self.limits.head_bytes:
            self._stop_reading(TOO_LARGE)

    def on_headers_complete(self) -> None:
        if self.hosts != 1 or (self.coded and self.parser.get_http_version() == "1.0"):
            self._stop_reading(BAD_REQUEST)
        if len(self.pipeline) >= self.limits.pipelined:
            self._stop_reading(TOO_MANY)
        super().on_headers_complete()
        self.phase, self.since = _Phase.BODY, self.loop.time()
        self.raw = self.body = self.unwanted = 0
        if self.config.stopping:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self.body += len(body)
        if self.cycle.response_complete:
            self._throw_away(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.phase is _Phase.BODY:
            self.phase = _Phase.REQUEST if self.cycle.response_complete else _Phase.ANSWER
            self.raw, self.since = 0, self.loop.time()
            self.cycle.more_body = False  # also where the answer came first
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self.running = cycle
        super()._start_asgi_task(cycle, expecting(app) if cycle.waiting_for_100_continue else app)

    def on_response_complete(self) -> None:
        if self.phase is _Phase.ANSWER and not self.pipeline:
            self.phase, self.since = _Phase.REQUEST, self.loop.time()
        super().on_response_complete()

    def _stop_reading(self, status: int) -> None:
        """Out of the parser's callbacks, which tell of any error in the same way."""
        self.refusal = status
        raise httptools.HttpParserError(status)

    def _throw_away(self, size: int) -> None:
        self.unwanted += size
        if self.unwanted > self.limits.unwanted_bytes:
            self._end("unwanted_body")

    # -- what is refused -----------------------------------------------------------------------------------

    def _refuse(self, status: int) -> None:
        """Answer and end: nothing that comes after is a request. An answer that is under way is not disturbed."""
        metrics.wire_refused(str(status))
        answering = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        waiting = bool(self.pipeline) or (self.phase is _Phase.HEAD and self._unanswered())
        self.phase, self.since = _Phase.END, self.loop.time()
        if answering or waiting:
            self._answer_what_was_whole()
            return
        if self.cycle is not None:
            if self.cycle.response_complete and self.cycle.more_body:  # it has its answer already
                self.transport.close()
                return
            self.cycle.disconnected, self.cycle.waiting_for_100_continue = True, False
            self.cycle.message_event.set()
        self.transport.write(STATUS_LINE[status] + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _answer_what_was_whole(self) -> None:
        """Requests that came before the one that is refused have their answers, the last of them with the end."""
        if self.pipeline and self.cycle.more_body:
            self.pipeline.popleft()
        last = self.pipeline[0][0] if self.pipeline else self.running
        if last is not None:
            self.cycle = last
            self.cycle.keep_alive = False

    def _unanswered(self) -> bool:
        return self.cycle is not None and not (self.cycle.response_complete or self.cycle.disconnected)

    def _end(self, why: str) -> None:
        if not self.transport.is_closing():
            metrics.wire_refused(why)
            self.transport.abort()

    # -- what is late --------------------------------------------------------------------------------------

    def sweep(self, now: float) -> None:
        """See to what is late."""
        passed, self.swept = now - self.swept, now
        if self.transport.is_closing():
            return
        if self._reads_nothing(now):
            self._end("silent_reader")
        elif self.phase is _Phase.END:
            if now - self.since > _LINGER and not self._unanswered():
                self.transport.close()
        elif self.phase is _Phase.HEAD or self.fresh:
            self._sweep_head(now)
        elif self.phase is _Phase.BODY:
            self._sweep_body(now, passed)
        elif not self._unanswered() and now - self.since > self.limits.keep_alive_seconds:
            self.transport.close()

    def _sweep_head(self, now: float) -> None:
        if now - self.since <= self.limits.head_seconds:
            return
        if self.fresh:  # nothing was said: nothing is answered
            self.transport.close()
        else:
            self._refuse(TOO_LATE)

    def _sweep_body(self, now: float, passed: float) -> None:
        """Time in which the application did not want to read is the application's."""
        if self.flow.read_paused:
            self.since += passed
        elif now - self.since > self.limits.body_seconds_for(self.body):
            self._refuse(TOO_LATE)

    def _reads_nothing(self, now: float) -> bool:
        unsent = self.transport.get_write_buffer_size()
        if not unsent or unsent < self.unsent or not self.unsent:
            self.unsent_since = now
        self.unsent = unsent
        return bool(unsent) and now - self.unsent_since > self.limits.silent_reader_seconds

    # -- the end -------------------------------------------------------------------------------------------

    def shutdown(self) -> None:
        """The answer that is under way is the last; `let_go` ends who has sent nothing."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False

    def let_go(self) -> None:
        """End the connection unless somebody waits for an answer."""
        if not self._unanswered() and self.phase in (_Phase.REQUEST, _Phase.END):
            self.transport.close()
