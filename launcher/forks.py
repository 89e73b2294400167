"""Processes made by forking one that has loaded their code, when all start at once: loading is nine tenths of a start.

Two processes fork, one for what has plain threads (task processes and the gateway), one for what runs on green ones.
Neither has a thread, a green thread or a secret when it forks, since all have its memory. It ends when all that it made
have ended: somebody has to wait for them.

Eventlet warns of every fork. What it warns of is a hub that parent and child wait with, and green threads that run in
both: here none runs before the fork, and who is made begins with a hub of its own (`chassis.running.green.forked`).
"""

from __future__ import annotations

import sys

from chassis.base import loading

if __name__ == "__main__":
    loading.begin()
    import chassis.running.green  # noqa: F401

import os
import subprocess
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal, NoReturn

from launcher.paths import ROOT

RUNNER = "chassis.running.runner"
GATEWAY = "gateway.__main__"
# What processes load besides, once they run.
OF_TASKS = ("chassis.running.task_worker", "chassis.messages.topology_check")
OF_SERVICES = ("nameko.containers", "chassis.messages.publisher", "chassis.messages.rpc")

Threads = Literal["plain", "green"]


class Forks:
    """The processes that fork, as seen by who asks them to. Only who has no threads and no secrets may make them."""

    def __init__(self, services: Sequence[str]) -> None:
        """Load `services`, the modules that declare them. Where that fails standard error says why, and nothing will be
        made."""
        green, asked_green = Pipe()
        _begin_green(asked_green, [RUNNER, *services, *OF_SERVICES])
        plain, asked_plain = Pipe()
        if _loaded([RUNNER, *services, *OF_TASKS, GATEWAY]) and os.fork() == 0:
            green.close()
            plain.close()
            _serve(asked_plain)
        asked_plain.close()
        self._asking: Mapping[Threads, Connection] = {"plain": plain, "green": green}

    def start(
        self, threads: Threads, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> int | None:
        """Make a process that calls `main` of this module, which has those threads; its id, None where that can't be
        done."""
        try:
            self._asking[threads].send((module, list(arguments), dict(environment), log))
            made: int = self._asking[threads].recv()
        except (OSError, EOFError):  # it has ended
            return None
        return made

    def end(self) -> None:
        """No more are to be made. Who made any lives on as long as those."""
        for asking in self._asking.values():
            asking.close()


def _begin_green(asked: Connection, modules: Sequence[str]) -> None:
    """By itself and not from here, for nothing may be loaded before it is green."""
    arguments = [sys.executable, "-m", "launcher.forks", str(asked.fileno()), *modules]
    subprocess.Popen(arguments, cwd=ROOT, pass_fds=[asked.fileno()], stdin=subprocess.DEVNULL, start_new_session=True)
    asked.close()


def _loaded(modules: Sequence[str]) -> bool:
    loading.begin()
    try:
        for module in modules:
            import_module(module)
    except Exception:
        traceback.print_exc()
        return False
    finally:
        loading.done()  # and so it stays memory that all have in common
    return True


def _serve(asked: Connection) -> NoReturn:
    """Make what is asked for until nobody will ask any more, and wait for all of it. What called us is not gone back
    to, whatever happens."""
    code = 1
    try:
        if os.getsid(0) != os.getpid():
            os.setsid()
        _make(asked)
        _wait_for_all()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _make(asked: Connection) -> None:
    while True:
        try:
            module, arguments, environment, log = asked.recv()
        except EOFError:
            return
        made = os.fork()
        if made == 0:
            asked.close()
            _run(module, arguments, environment, log)
        asked.send(made)


def _run(module: str, arguments: list[str], environment: Mapping[str, str], log: Path) -> NoReturn:
    """Be that process to its end; what called us is not ours to go back to."""
    code = 1
    try:
        _become(environment, log)
        code = import_module(module).main(arguments)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


def _become(environment: Mapping[str, str], log: Path) -> None:
    """What a process has that was started by itself: a session, its log, its variables, and a name that `top` shows."""
    os.setsid()
    nothing, output = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number, target in ((0, nothing), (1, output), (2, output)):
        os.dup2(target, number)
    os.close(nothing)
    os.close(output)
    os.environ.clear()
    os.environ.update(environment)
    if green := sys.modules.get("chassis.running.green"):
        green.forked()
    Path("/proc/self/comm").write_text(log.stem)


def _wait_for_all() -> None:
    while True:
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED)  # which no green thread's library makes a loop of
        except ChildProcessError:
            return


if __name__ == "__main__":
    if _loaded(sys.argv[2:]):
        _serve(Connection(int(sys.argv[1])))
