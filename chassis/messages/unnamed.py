"""Messages of versions that named no sender: before senders are demanded, none may be left in any queue."""

from __future__ import annotations

from collections.abc import Sequence

from kombu import Connection

from chassis.base.problems import SetUpProblem
from chassis.declaring.service import Service
from chassis.messages.broker import dead_queue, service_queue


class UnnamedMessagesError(SetUpProblem):
    """Messages would be put aside for good that are innocent; the text says where they are and what to do."""


def refuse_unnamed(amqp_url: str, services: Sequence[type[Service]]) -> None:
    """Raise UnnamedMessagesError when an inbox holds messages without a sender.

    They are only looked at: all go back, which counts once towards their delivery limit.
    """
    queues = (queue(service.name) for service in services for queue in (service_queue, dead_queue))
    found = {queue: count for queue in queues if (count := _unnamed(amqp_url, queue))}
    if found:
        where = ", ".join(f"{count} in {queue}" for queue, count in found.items())
        raise UnnamedMessagesError(
            f"Messages from before the upgrade name no sender: {where}."
            " Let the version before handle them (it names senders and does not demand them), then provision again."
        )


def _unnamed(amqp_url: str, queue: str) -> int:
    with Connection(amqp_url) as connection, connection.channel() as channel:
        waiting = channel.queue_declare(queue, passive=True).message_count
        taken = (channel.basic_get(queue) for _ in range(waiting))
        return sum("user_id" not in message.properties for message in taken if message is not None)
