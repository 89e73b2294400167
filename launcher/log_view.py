"""The lines of `./jiaowu logs`: every process writes JSON, people read colours."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.markup import escape

from launcher.installation import Installation
from launcher.steps import console

COLOURS = {"debug": "dim", "info": "green", "warning": "yellow", "error": "red", "critical": "bold red"}
SET_UP = "set-up"
"""What installing wrote; shown when it is asked for."""
# Shown in the line's own places, not once more as a field.
PLACED = {"timestamp", "level", "event", "service", "role", "logger", "exception"}


def show(installation: Installation, name: str | None, *, lines: int, follow: bool) -> bool:
    """Print the last lines of the logs whose name begins with `name`; returns whether there is any log."""
    paths = sorted((installation.state / "logs").glob("*.log"))
    if name is None:
        paths = [path for path in paths if path.stem != SET_UP]
    else:
        paths = [path for path in paths if path.stem == name or path.stem.startswith(f"{name}-")]
    if not paths:
        console.print("There is no such log." if name else "Nothing has been written yet.")
        return False
    positions = {path: path.stat().st_size for path in paths}
    last = [(path.stem, line) for path in paths for line in _last_lines(path, lines)]
    for process, line in sorted(last, key=lambda entry: _instant(entry[1])):
        console.print(render(process, line), soft_wrap=True)
    while follow:
        for process, line in _new_lines(positions):
            console.print(render(process, line), soft_wrap=True)
        time.sleep(0.3)
    return True


def render(process: str, line: str) -> str:
    """One line of a log as rich markup; what is not JSON stays as it is."""
    entry = _entry(line)
    if entry is None:
        return f"[dim]{process:<16}[/] {escape(line)}"
    level = str(entry.get("level", "info"))
    fields = " ".join(f"[dim]{escape(key)}=[/]{escape(str(value))}" for key, value in _fields(entry))
    instant = str(entry.get("timestamp", ""))[11:23]
    head = f"[dim]{instant} {process:<16}[/] [{COLOURS.get(level, 'white')}]{level:<8}[/]"
    text = f"{head}{escape(str(entry.get('event', '')))} {fields}".rstrip()
    exception = entry.get("exception")
    return f"{text}\n{escape(_readable(exception))}" if exception else text


def _fields(entry: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in entry.items() if key not in PLACED and value is not None)


def _readable(exception: object) -> str:
    return exception if isinstance(exception, str) else json.dumps(exception, indent=2, ensure_ascii=False)


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _instant(line: str) -> str:
    return str((_entry(line) or {}).get("timestamp", ""))


def _last_lines(path: Path, lines: int) -> list[str]:
    return path.read_text(errors="replace").splitlines()[-lines:]


def _new_lines(positions: dict[Path, int]) -> Iterator[tuple[str, str]]:
    for path, position in positions.items():
        size = path.stat().st_size
        start = position if size >= position else 0  # it was put aside and begun anew
        with path.open("rb") as log:
            log.seek(start)
            whole, newline, _ = log.read().rpartition(b"\n")
        positions[path] = start + len(whole) + len(newline)
        for line in whole.decode(errors="replace").splitlines():
            yield path.stem, line
