"""The gateway on the broker: calls to services, and what identity tells gateways, on one connection.

A call and its answer are as `chassis.messages.calls` describes them. With the connection goes everything that waits:
whoever asked hears at once that the service can't be reached. The next connection has queues and a reply key of its
own, since the broker may keep those of a lost one for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import aiormq
import orjson
from aiormq.abc import AbstractChannel, DeliveredMessage
from pamqp.header import ContentHeader
from pydantic import ValidationError
from yarl import URL

from chassis.base import metrics
from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.messages.broker import RPC_EXCHANGE
from chassis.messages.calls import Call, answer_in, calling
from chassis.messages.delivery import Delivery, distrust_of_event, distrust_of_reply
from chassis.messages.senders import GATEWAY, Senders
from chassis.messages.wire import UNREADABLE
from chassis.running.logging import get_logger
from contracts.base import Operation, UnknownEvent, exchange, routing_key
from contracts.errors import ServiceError
from contracts.identity.events import AccessRevoked, NoticesKept

log = get_logger(__name__)

HEARD: Final = (AccessRevoked, NoticesKept)
_HEARTBEAT: Final = 5
"""Seconds between two signs of life."""
_SENDING: Final = 3.0
"""Seconds that the broker may take for one message."""
_MOST_UNSENT: Final = 8 * 1024 * 1024
"""Bytes that may wait for the broker to take them: beyond, it counts as away."""
_CONNECTING: Final = 5.0
_LONGEST_PAUSE: Final = 5.0
"""Seconds between two attempts to connect."""
_LOST: Final = (OSError, aiormq.exceptions.AMQPError)
_NOT_TAKEN: Final = (*_LOST, aiormq.exceptions.ChannelInvalidStateError)

_unmarshal = ContentHeader.unmarshal


@dataclass(frozen=True, slots=True)
class _Asked:
    service: str
    answer: asyncio.Future[dict[str, Any]]


def _unmarshal_warily(header: ContentHeader, data: bytes) -> None:
    """Hands over messages as they are, also those whose properties can't be read (text that is none, times that no
    calendar has): that must not cost the connection, and with it everybody's answers."""
    try:
        _unmarshal(header, data)
    except Exception:
        header.properties = aiormq.spec.Basic.Properties(headers={UNREADABLE: "yes"})


class Bus:
    """One connection, made anew for as long as it runs."""

    def __init__(
        self,
        url: str,
        heard: Callable[[AccessRevoked | NoticesKept], None] = lambda event: None,
        reconnected: Callable[[], None] = lambda: None,
    ) -> None:
        """`heard` is told of events. `reconnected` is called when it hears again: what was said meanwhile went to a
        queue that is gone; and when something was said that it does not understand."""
        ContentHeader.unmarshal = _unmarshal_warily  # type: ignore[assignment]
        self._url = URL(url).update_query(heartbeat=_HEARTBEAT)
        self._senders = Senders.at(url)
        self._heard = heard
        self._reconnected = reconnected
        self._channel: AbstractChannel | None = None
        self._reply_key = ""
        self._waiting: dict[str, _Asked] = {}
        self._unsent = 0

    @property
    def connected(self) -> bool:
        """Whether calls can be made, and events are heard."""
        return self._channel is not None

    # -- calls ---------------------------------------------------------------------------------------------

    async def call(self, operation: type[Operation], payload: dict[str, Any], context: Context) -> dict[str, Any]:
        """The answer as JSON, by the context's deadline.

        Raises ServiceError: the service's refusal, `deadline_exceeded` when no answer came in time, or
        `service_unavailable` when the broker is away.
        """
        with calling(operation, payload, context) as call:
            return answer_in(await self._reply_to(call))

    async def _reply_to(self, call: Call) -> dict[str, Any]:
        correlation_id = str(new_id())
        answer = asyncio.get_running_loop().create_future()
        self._waiting[correlation_id] = _Asked(call.service, answer)
        try:
            await self._send(call, correlation_id)
            async with asyncio.timeout(call.seconds_left()):
                reply: dict[str, Any] = await answer
        except TimeoutError:
            raise ServiceError("deadline_exceeded") from None
        finally:
            del self._waiting[correlation_id]
        return reply

    async def _send(self, call: Call, correlation_id: str) -> None:
        """Hand it to the broker. Raises ServiceError `service_unavailable` where it does not take it."""
        channel, body = self._channel, call.body()
        if channel is None or self._unsent + len(body) > _MOST_UNSENT:
            raise ServiceError("service_unavailable", service=call.service)
        properties = aiormq.spec.Basic.Properties(
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=1,
            user_id=self._senders.own_user,
            reply_to=self._reply_key,
            correlation_id=correlation_id,
            expiration=call.expiration(),
        )
        self._unsent += len(body)
        try:
            await channel.basic_publish(
                body,
                exchange=RPC_EXCHANGE,
                routing_key=call.key,
                properties=properties,
                timeout=min(_SENDING, call.seconds_left()),
            )
        except (*_NOT_TAKEN, asyncio.CancelledError) as error:
            if _ends_us(error):
                raise
            raise ServiceError("service_unavailable", service=call.service) from None
        finally:
            self._unsent -= len(body)

    async def _on_reply(self, message: DeliveredMessage) -> None:
        """An answer counts from the service that was asked, and from no other."""
        asked = self._waiting.get(str(message.header.properties.correlation_id))
        if asked is None or asked.answer.done():
            return
        if reason := distrust_of_reply(_delivery(message, self._senders), asked.service):
            log.error("reply_refused", reason=reason, service=asked.service)
            metrics.message_refused(reason)
            return
        try:
            asked.answer.set_result(orjson.loads(message.body))
        except orjson.JSONDecodeError:
            log.error("undecodable_reply", service=asked.service)
            metrics.message_refused("undecodable_message")

    # -- events --------------------------------------------------------------------------------------------

    async def _on_event(self, message: DeliveredMessage) -> None:
        delivery = _delivery(message, self._senders)
        if reason := distrust_of_event(delivery):
            log.error("event_refused", reason=reason)
            metrics.message_refused(reason)
            return
        try:
            event = delivery.envelope.event() if delivery.envelope is not None else None
        except (ValidationError, UnknownEvent):
            event = None
        if isinstance(event, AccessRevoked | NoticesKept):
            self._heard(event)
        else:
            log.error("event_not_understood")
            self._reconnected()  # ask instead: it may have been a revocation

    # -- the connection ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, and connect again, until cancelled."""
        pause = 0.2
        while True:
            started = time.monotonic()
            try:
                await self._serve()
            except (*_LOST, asyncio.CancelledError) as error:
                if _ends_us(error):
                    raise
                log.warning("broker_lost", reason=type(error).__name__)
            except Exception:  # such as an exchange that is not there yet
                log.exception("bus_failed")
            pause = 0.2 if time.monotonic() - started > _LONGEST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _serve(self) -> None:
        async with asyncio.timeout(_CONNECTING):
            connection = await aiormq.connect(self._url)
        try:
            async with asyncio.timeout(_CONNECTING):
                channel = await self._ready(await connection.channel(publisher_confirms=False))
            self._channel = channel
            self._reconnected()
            await asyncio.wait([connection.closing, channel.closing], return_when=asyncio.FIRST_COMPLETED)
            for closing in (connection.closing, channel.closing):
                # The library tells of a broker that is silent by cancelling: that must not end us too.
                if closing.done() and (closing.cancelled() or closing.exception() is not None):
                    raise ConnectionError("the broker has gone")
        finally:
            self._lose()
            with suppress(Exception):
                async with asyncio.timeout(1.0):
                    await connection.close()

    async def _ready(self, channel: AbstractChannel) -> AbstractChannel:
        self._reply_key = str(new_id())
        replies, heard = f"rpc.reply-{GATEWAY}-{self._reply_key}", f"{GATEWAY}.heard.{self._reply_key}"
        for queue in (replies, heard):
            await channel.queue_declare(queue, exclusive=True, auto_delete=True, durable=False)
        await channel.queue_bind(replies, RPC_EXCHANGE, self._reply_key)
        for event in HEARD:
            await channel.queue_bind(heard, exchange(event.owner), routing_key(event))
        await channel.basic_consume(replies, self._on_reply, no_ack=True)
        await channel.basic_consume(heard, self._on_event, no_ack=True)
        return channel

    def _lose(self) -> None:
        """Whoever waits for an answer hears that none will come."""
        self._channel = None
        for asked in self._waiting.values():
            if not asked.answer.done():
                asked.answer.set_exception(ServiceError("service_unavailable", service=asked.service))
                asked.answer.exception()  # whoever is still sending never comes to look at it


def _ends_us(error: BaseException) -> bool:
    """Whether it is this task that somebody ends: the library tells of a broker that has gone by cancelling, too."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


def _delivery(message: DeliveredMessage, senders: Senders) -> Delivery:
    properties = message.header.properties
    return Delivery(
        body=message.body,
        exchange=message.exchange or "",
        routing_key=message.routing_key or "",
        sender=senders.name(properties.user_id),
        headers=properties.headers or {},
    )
