"""Figures of the card agent on a real PC/SC stack and a real broker.

    python -m tests.performance.device_bench          all three, about five minutes; needs root for pcscd

1. card present → message confirmed, over 200 reads
2. CPU and memory of an agent with nothing to do
3. a spool of 10,000 readings drained while the broker is killed twice: lost and doubled
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
from rich.console import Console
from rich.progress import track

from contracts.device.events import CardKind
from launcher.ports import Ports
from launcher.servers.rabbitmq import RabbitServer
from services.device.agent import Agent
from services.device.domain.contents import build_stream
from services.device.domain.made_up import MadeUpCards
from services.device.drivers.base import CardFound, Signal
from services.device.drivers.pcsc import PcscDriver
from services.device.publisher import Publisher
from services.device.readings import make_reading
from services.device.settings import BrokerSettings, ReaderSettings, Settings, SpoolSettings
from services.device.spool import Spool
from tests.device.broker import Broker
from tests.device.pcsc_stack import PcscStack, missing
from tests.device.virtual_card import storage_card
from tests.waiting import eventually

console = Console()
PCSC = ReaderSettings(driver="pcsc", options={"readers": ["00 00"]})


class Bench:
    """One broker and one folder for all three."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = RabbitServer(folder / "rabbitmq", Ports(folder / "ports.json"), "bench")
        self.server.start()
        self.broker = Broker(self.server.url, self.server.management_url)

    def settings(self, name: str) -> Settings:
        return Settings(
            station=self.broker.station,
            broker=BrokerSettings(urls=(self.broker.url,), password=self.broker.password),
            spool=SpoolSettings(folder=self.folder / name),
            readers=(PCSC,),
        )

    @contextmanager
    def card_reader(self) -> Iterator[PcscStack]:
        stack = PcscStack(Path(tempfile.mkdtemp(dir=self.folder)))
        stack.acquire()
        stack.start()
        try:
            yield stack
        finally:
            stack.stop()
            stack.release()


def reads(bench: Bench, count: int) -> None:
    """From the card on the reader, and from PC/SC's word of it, to the broker's confirm."""
    found, delivered = list[float](), list[float]()

    def say(code: str, **_: object) -> None:
        if code == "reading_delivered":
            delivered.append(time.perf_counter())

    watch = PcscDriver.watch

    def noting(driver: PcscDriver, stop: threading.Event) -> Iterator[Signal]:
        for signal in watch(driver, stop):
            if isinstance(signal, CardFound):
                found.append(time.perf_counter())
            yield signal

    PcscDriver.watch = noting  # type: ignore[method-assign, assignment]
    cards, inserted = MadeUpCards(1), list[float]()
    stop = threading.Event()
    with bench.card_reader() as stack:
        agent = Agent(bench.settings("reads"), say)
        thread = threading.Thread(target=agent.run, args=(stop,))
        thread.start()
        eventually(lambda: agent.publisher.connected, "connected")
        for number in track(range(count), "reads", console=console, transient=True):
            card = storage_card(build_stream(cards.make(list(CardKind)[number % 4])))
            inserted.append(time.perf_counter())
            stack.insert(card)
            eventually(partial(_more_than, delivered, number), "delivered")
            stack.remove()
        stop.set()
        thread.join()
    PcscDriver.watch = watch  # type: ignore[method-assign]
    for title, begins in (("card on the reader", inserted), ("PC/SC reports the card", found)):
        took = sorted((end - begin) * 1000 for begin, end in zip(begins, delivered, strict=True))
        console.print(
            f"{title} → confirmed, {count} reads: median {statistics.median(took):.1f} ms, "
            f"99th percentile {took[int(len(took) * 0.99) - 1]:.1f} ms, longest {took[-1]:.1f} ms"
        )


def idle(bench: Bench, seconds: float) -> None:
    """An agent that waits for a card, as a process of its own."""
    settings = bench.settings("idle")
    config = bench.folder / "idle.toml"
    config.touch(mode=0o600)
    config.write_text(
        f'station = "{settings.station}"\n[broker]\nurls = ["{settings.broker.urls[0]}"]\n'
        f'password = "{bench.broker.password}"\n[spool]\nfolder = "{settings.spool.folder}"\n'
    )
    with bench.card_reader():
        program = subprocess.Popen(
            [sys.executable, "-m", "services.device", "run", "-c", str(config)], stdout=subprocess.PIPE, text=True
        )
        assert program.stdout is not None
        next(line for line in program.stdout if "broker_connected" in line)
        process = psutil.Process(program.pid)
        before = process.cpu_times()
        time.sleep(seconds)  # measured, not waited for
        after = process.cpu_times()
        memory = process.memory_full_info()
        program.terminate()
        program.wait(20)
    used = after.user + after.system - before.user - before.system
    console.print(
        f"idle over {seconds:.0f} s: {used / seconds * 100:.2f} % of a core, "
        f"{memory.rss / 2**20:.0f} MB resident ({memory.uss / 2**20:.0f} MB its own)"
    )


def spool(bench: Bench, count: int) -> None:
    """Drained to a durable queue while the broker is killed twice."""
    folder = bench.folder / "spool"
    folder.mkdir()
    notices: list[str] = []
    waiting = Spool(folder, bytes(32), lambda notice, _: notices.append(notice))
    cards, ids = MadeUpCards(2), list[UUID]()
    for _ in track(range(count), "filling the spool", console=console, transient=True):
        ids.append(uuid4())
        now = datetime.now(UTC)
        waiting.put(now, make_reading("bench", cards.make(CardKind.RESIDENT), reading_id=ids[-1], read_at=now).body)

    settings = bench.settings("spool")
    stop = threading.Event()
    confirmed: list[str] = []

    def say(code: str, **params: object) -> None:
        notices.append(code)
        if code == "reading_delivered":
            confirmed.append(str(params["reading"]))

    publisher = Publisher(settings.station, settings.broker, waiting, say)
    thread = threading.Thread(target=publisher.run, args=(stop,))
    started = time.perf_counter()
    away = 0.0
    thread.start()
    for share in (1 / 3, 2 / 3):
        eventually(partial(_has_delivered, publisher, count * share), "a part delivered", 120)
        killed = time.perf_counter()
        bench.server.kill()
        bench.server.start()
        away += time.perf_counter() - killed
    eventually(lambda: waiting.count() == 0, "drained", 300)
    took = time.perf_counter() - started
    stop.set()
    publisher.wake()
    thread.join()
    # The receiver drops what comes under an id that it has seen; a portrait of noise tells the cards apart.
    received = bench.broker.take()
    kept = {envelope.event_id: envelope.data["portrait"] for envelope in received}
    doubled = len(kept) - len(set(kept.values()))
    console.print(
        f"spool of {count:,} readings, broker killed twice (seen away {notices.count('broker_away')} times): "
        f"{took:.1f} s, {took - away:.1f} s of it with a broker; lost {len(set(ids) - set(kept))}, "
        f"doubled {doubled} ({len(received) - len(kept)} sent again under their id and dropped), "
        f"confirmed oldest first: {confirmed == [str(i) for i in ids]}, "
        f"erased unsent: {notices.count('readings_expired')}"
    )


def _more_than(found: Sequence[Any], number: int) -> bool:
    return len(found) > number


def _has_delivered(publisher: Publisher, count: float) -> bool:
    return publisher.delivered >= count


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["reads", "idle", "spool"])
    parser.add_argument("--reads", type=int, default=200)
    parser.add_argument("--idle-seconds", type=float, default=60)
    parser.add_argument("--readings", type=int, default=10_000)
    chosen = parser.parse_args()
    what = [chosen.only] if chosen.only else ["reads", "idle", "spool"]
    if what != ["spool"] and (reason := missing()):
        parser.error(reason)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # the broker's own user passes through to its folder
        bench = Bench(Path(folder))
        try:
            if "reads" in what:
                reads(bench, chosen.reads)
            if "idle" in what:
                idle(bench, chosen.idle_seconds)
            if "spool" in what:
                spool(bench, chosen.readings)
        finally:
            bench.server.remove()


if __name__ == "__main__":
    main()
