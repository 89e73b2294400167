"""Stands in for `docker`: keeps count of containers as `docker compose` would change them, and notes what was asked.

python -I counting_engine.py STATE_FILE compose -p trial up --detach --scale courses=3 courses
"""

import itertools
import json
import sys
from pathlib import Path

BEHIND = {"postgres", "rabbitmq", "entrance"}
"""What others depend on: made anew with them by whoever does not say --no-deps or --no-recreate."""


class Engine:
    """The containers of a state file: container → service."""

    def __init__(self, path):
        self._path = path
        self._state = json.loads(path.read_text())
        self.containers = self._state["containers"]
        self._number = itertools.count(len(self._state["asked"]) * 100)

    def do(self, arguments):
        """Carry out one command; the exit code."""
        if arguments[0] == "compose" and arguments[1] == "-p":
            arguments = ["compose", *arguments[3:]]
        self._state["asked"].append(arguments)
        verb, options, names = self._read(arguments)
        failed = self._state["fails"] in {f"{verb} {name}" for name in names}
        if not failed:
            getattr(self, f"_{verb}", lambda *_: None)(options, names)
        self._keep()
        return 1 if failed else 0

    def _read(self, arguments):
        verb, *rest = arguments[1:] if arguments[0] == "compose" else arguments
        options = [word for word in rest if word.startswith("-") or "=" in word]
        return verb, options, [word for word in rest if word not in options]

    def _ps(self, options, names):
        sys.stdout.writelines(f"{each}\n" for each, name in self.containers.items() if name in names)

    def _run(self, options, names):
        if "--no-deps" not in options:
            self._replace(BEHIND)

    def _up(self, options, names):
        wanted = dict(option.split("=") for option in options if not option.startswith("-"))
        keep = "--no-recreate" in options
        if not keep and "--no-deps" not in options:
            self._replace(BEHIND)
        for name in names or set(self.containers.values()):
            present = [each for each, of in self.containers.items() if of == name]
            number = int(wanted.get(name, 1))
            for each in present if not keep else present[number:]:
                del self.containers[each]
            self._add(name, number - (len(present) if keep else 0))

    def _rm(self, options, names):
        """Of a service only those that have ended, of which there are none here, unless they are stopped before."""
        whole = names if "--stop" in options else ()
        for each in [each for each, name in self.containers.items() if each in names or name in whole]:
            del self.containers[each]

    def _stop(self, options, names):
        self._rm(options, names)

    def _replace(self, names):
        for each, name in list(self.containers.items()):
            if name in names:
                del self.containers[each]
                self._add(name, 1)

    def _add(self, name, number):
        for _ in range(number):
            self.containers[f"new-{name}-{next(self._number)}"] = name

    def _keep(self):
        fewest = self._state["fewest"]
        for name in set(self.containers.values()) | set(fewest):
            number = list(self.containers.values()).count(name)
            fewest[name] = min(fewest.get(name, number), number)
        self._path.write_text(json.dumps(self._state))


if __name__ == "__main__":
    sys.exit(Engine(Path(sys.argv[1])).do(sys.argv[2:]))
