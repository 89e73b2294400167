"""Queues that the broker knows by name and can't read any more.

RabbitMQ notes in a file where the log of each quorum queue lies, some half second after the queue was declared. When it
is killed before that, the queue is listed after its start, can be declared and bound, and takes and gives nothing:
INTERNAL_ERROR.

So that this never costs a message, nothing is bound to a queue, and nobody may publish, before it is `SETTLED`. A
damaged queue of a service that nothing is bound to is empty, and is made anew. One that is bound was damaged by
something else, and what lies in it is for a person to decide.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from amqp.exceptions import InternalError
from kombu import Connection, Queue

from chassis.base.problems import SetUpProblem
from chassis.declaring.service import Service
from chassis.messages.broker import queues

logger = logging.getLogger(__name__)

SETTLED: Final = 1.5
"""Seconds after which a new queue outlives the broker's being killed: three times what the broker takes."""
PATIENCE: Final = 15.0
"""Seconds for which a queue has to give nothing before it counts as damaged."""
LAST: Final = -10
"""Priority of a consumer that gets what all others have no hands for; theirs is 0."""


class DamagedQueuesError(SetUpProblem):
    """The broker can't read queues that messages may lie in."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"RabbitMQ can't read what lies in {', '.join(names)} (its log says more). Restore its data from a backup."
            " Or have these queues made anew, which loses the events in them, by `./jiaowu up --renew-damaged` or"
            " `docker compose run --rm --no-deps -e JIAOWU_RENEW_DAMAGED=1 queues`; then `./jiaowu rebuild-copies`"
            " brings copies up to date, and `./jiaowu reconcile` lists what is missing."
        )


def mend(
    connection: Connection, services: Iterable[type[Service]], unbound: Collection[str], renew_damaged: bool
) -> bool:
    """Make damaged queues anew, and say so: those of services that nothing was ever bound to (`unbound`), which are
    empty; others only with `renew_damaged`. Whether there were any: they have to settle too. Raises DamagedQueuesError
    otherwise, before anything is made anew."""
    known = {queue.name: (queue, s.name not in unbound) for s in services for queue in queues(s.name)}
    found = damaged_queues(connection, [queue for queue, _ in known.values()])
    damaged = [known[queue.name] for queue in found]
    if refused := [queue.name for queue, may_hold in damaged if may_hold and not renew_damaged]:
        raise DamagedQueuesError(refused)
    for queue, may_hold in damaged:
        _make_anew(connection, queue)
        logger.warning("queue_made_anew", extra={"queue": queue.name, "events_lost": may_hold})
    return bool(damaged)


def _make_anew(connection: Connection, queue: Queue) -> None:
    """Twice, or it would be damaged again by the broker's next start: a note that names a log which is gone is neither
    deleted with a queue that does not run nor changed by a new one's declaration. It goes with a queue that runs."""
    for _ in range(2):
        until = time.monotonic() + PATIENCE
        while not _replaced(connection, queue, may_fail=time.monotonic() < until):
            time.sleep(0.5)


def _replaced(connection: Connection, queue: Queue, *, may_fail: bool) -> bool:
    """Whether the queue was deleted and declared. A busy broker that still ends the old one's processes refuses the new
    one, and closes the connection over it: raises InternalError then, unless it `may_fail`."""
    with connection.clone() as own, own.channel() as channel:
        try:
            queue(channel).delete()
            queue(channel).queue_declare()
        except InternalError:
            if not may_fail:
                raise
            return False
    return True


def damaged_queues(connection: Connection, every: Sequence[Queue]) -> list[Queue]:
    """Those that the broker gives nothing out of for all of `PATIENCE`: just after its start that is so of all."""
    until = time.monotonic() + PATIENCE
    # Side by side: of some damaged queues the broker says so only after a minute.
    with ThreadPoolExecutor(max_workers=len(every) or 1) as pool:

        def still(those: Sequence[Queue]) -> list[Queue]:
            said = pool.map(lambda queue: is_damaged(connection, queue), those)
            return [queue for queue, damaged in zip(those, said, strict=True) if damaged]

        damaged = still(every)
        while damaged and time.monotonic() < until:
            time.sleep(0.5)
            damaged = still(damaged)
    return damaged


def is_damaged(connection: Connection, queue: Queue) -> bool:
    """Whether the broker refuses to give out of this queue.

    Whoever works on it is not disturbed: a message that is given and given back counts as having killed somebody. So
    nothing is asked of a queue that somebody hears, and thus gives, nor of one that says it holds messages; and where
    somebody comes just then, what arrives is theirs first.
    """
    # On a connection of its own, for the broker closes it over this.
    with connection.clone() as own:
        channel = own.channel()
        try:
            state = queue(channel).queue_declare(passive=True)
            if state.consumer_count or state.message_count:
                return False
            channel.basic_consume(queue.name, callback=lambda message: None, arguments={"x-priority": LAST})
        except InternalError:
            return True
    return False
