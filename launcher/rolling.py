"""Replaces the processes of a running system by those of the code that is here now, one by one, while people work.

What the new code needs of databases and broker has to be there already (`System.provision`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from launcher.paths import ROOT
from launcher.system import ENTRANCE, GATEWAY, System

ORDER = ROOT / "launcher" / "upgrade_order"


def services_in_order() -> list[str]:
    """The services in the order of this release."""
    lines = (line.strip() for line in ORDER.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def order(system: System) -> Iterator[str]:
    """The processes that are replaced one after the other, the gateway apart: each service's task process first, which
    must know a new kind of task before anybody asks for it."""
    for service in services_in_order():
        names = [name for name in system.processes if name.rpartition("-")[0] == service or name == service]
        yield from sorted(names, key=lambda name: (not name.endswith("-tasks"), name))


def roll(system: System, tell: Callable[[str], None] = lambda how_far: None) -> None:
    """Replace every process. Raises NotReadyError when a new one does not get ready; the rest then stays as it was."""
    for name in order(system):
        tell(name)
        with _stood_in_for(system, name):
            system.replace(name)
    tell(GATEWAY)
    replace_gateway(system)


def replace_gateway(system: System) -> None:
    """Replace the gateway while a second one stands in for it. The entrance stays: it holds the socket."""
    if not system.process(ENTRANCE).running():
        _bring_in_the_entrance(system)
        return
    with _stood_in_for(system, GATEWAY):
        system.replace(GATEWAY)


@contextmanager
def _stood_in_for(system: System, name: str) -> Iterator[None]:
    """A second one does the work of a process inside the block, if there is none but this: else whoever asks waits for
    as long as a process takes to begin."""
    other = system.stand_ins.get(name)
    if other is None:
        yield
        return
    system.start(other.name)
    try:
        system.wait_ready([other.name])
        yield
    finally:
        other.stop()


def _bring_in_the_entrance(system: System) -> None:
    """No entrance runs: whatever holds the address lets it go, and for the seconds between nobody is served."""
    system.process(GATEWAY).stop()
    system.start(ENTRANCE)
    system.start(GATEWAY)
    system.wait_ready([ENTRANCE, GATEWAY])
