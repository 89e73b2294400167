"""Task processes made by forking one that has loaded their code, when all start at once.

Loading is nine tenths of a process's start. Processes with green threads can't be made so (their hub is there as soon
as it is loaded, and eventlet warns of forks); those of the role `tasks` have plain threads, none before they begin.

`python -m launcher.forks --role tasks services.courses.service …` loads, then makes one process for each line of
standard input and answers with its process id. It ends when all that it made have ended: somebody has to wait for them.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from chassis.base import loading
from launcher.paths import ROOT

RUNNER = "chassis.running.runner"


def inherited() -> dict[str, str]:
    """Our environment without what is meant for the launcher, such as administrators' addresses."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JIAOWU_")} | {
        "PYTHONPATH": str(ROOT)
    }


class Forks:
    """The process that forks; it loads while its maker does something else."""

    def __init__(self, services: Sequence[str]) -> None:
        """`services` are the modules that declare them. Why it could not load it says on our standard error."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "launcher.forks", "--role", "tasks", *services],
            cwd=ROOT,
            env=inherited(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int | None:
        """Make a process of `python -m chassis.running.runner <arguments>`; its id, None where that can't be done."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        asked = {"arguments": [*arguments], "environment": {**environment}, "log": str(log)}
        try:
            stdin.write(json.dumps(asked) + "\n")
            stdin.flush()
        except BrokenPipeError:
            return None
        answer = stdout.readline()
        return int(answer) if answer else None

    def end(self) -> None:
        """No more are to be made. It lives on as long as those that it has made."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # ended, with something that it did not read
            self._process.stdin.close()


def main(services: Sequence[str]) -> None:
    """Load, then make what is asked for on standard input."""
    loading.begin()
    run = import_module(RUNNER).main
    for module in (*services, "chassis.running.task_worker", "chassis.messages.topology_check"):
        import_module(module)
    loading.done()  # and so it stays memory that all have in common
    for line in sys.stdin:
        asked = json.loads(line)
        made = os.fork()
        if made == 0:
            _become(asked["environment"], Path(asked["log"]))
            sys.exit(run(asked["arguments"]))
        print(made, flush=True)
    _wait_for_all()


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


if __name__ == "__main__":
    main(sys.argv[3:])  # behind `--role tasks`, by which the runner knows that nothing is to be green
