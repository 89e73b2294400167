"""Task processes made by forking one that has loaded their code, when all start at once.

Loading is nine tenths of a process's start. Processes with green threads can't be made so (their hub is there as soon
as it is loaded, and eventlet warns of forks); those of the role `tasks` have plain threads, none before they begin.

Who forks is itself forked, by somebody who loads the same and does not know a secret yet: all have its memory. It ends
when all that it made have ended: somebody has to wait for them.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from chassis.base import loading

RUNNER = "chassis.running.runner"
# What task processes load besides, once they run.
LATER = ("chassis.running.task_worker", "chassis.messages.topology_check")


class Forks:
    """The process that forks, as seen by who asks it to. Only who has no threads and no secrets may make it."""

    def __init__(self, services: Sequence[str]) -> None:
        """Load `services`, the modules that declare them. Where that fails standard error says why, and nothing will be
        made."""
        self._asking, asked = Pipe()
        if _loaded([RUNNER, *services, *LATER]) and os.fork() == 0:
            self._asking.close()
            _serve(asked)
        asked.close()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int | None:
        """Make a process of `python -m chassis.running.runner <arguments>`; its id, None where that can't be done."""
        try:
            self._asking.send((list(arguments), dict(environment), log))
            made: int = self._asking.recv()
        except (OSError, EOFError):  # it has ended
            return None
        return made

    def end(self) -> None:
        """No more are to be made. It lives on as long as those that it has made."""
        self._asking.close()


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
    """Make what is asked for until nobody will ask any more, and wait for all of it."""
    os.setsid()
    while True:
        try:
            arguments, environment, log = asked.recv()
        except EOFError:
            break
        made = os.fork()
        if made == 0:
            asked.close()
            _run(arguments, environment, log)
        asked.send(made)
    _wait_for_all()
    os._exit(0)


def _run(arguments: list[str], environment: Mapping[str, str], log: Path) -> NoReturn:
    """Be that process to its end; what called us is not ours to go back to."""
    code = 1
    try:
        _become(environment, log)
        code = import_module(RUNNER).main(arguments)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
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
    Path("/proc/self/comm").write_text(log.stem)


def _wait_for_all() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return
