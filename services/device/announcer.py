"""Notices on the terminal or in the system's log: coloured for people, one plain line for machines."""

from contextlib import suppress
from datetime import datetime
from typing import Protocol

from rich.console import Console
from rich.text import Text

from services.device.notices import NOTICES, Level

_STYLES = {Level.GOOD: "green", Level.INFO: "cyan", Level.WARNING: "yellow", Level.ERROR: "bold red"}
_MARKS = {Level.GOOD: "✔", Level.INFO: "·", Level.WARNING: "!", Level.ERROR: "✘"}


class Say(Protocol):
    """Tell a person something: a notice's code and its parameters."""

    def __call__(self, code: str, **params: object) -> None: ...


class Announcer:
    """Says notices in the chosen language. Safe to use from several threads."""

    def __init__(self, console: Console, language: str) -> None:
        self._console = console
        self._language = language

    def __call__(self, code: str, **params: object) -> None:
        """See `Say`."""
        notice = NOTICES[code]
        sentence = notice.text(self._language, **params)
        if self._console.is_terminal:
            now = f"{datetime.now().astimezone():%H:%M:%S} "
            line = Text.assemble((now, "dim"), (f"{_MARKS[notice.level]} {sentence}", _STYLES[notice.level]))
        else:
            line = Text(f"{notice.level} {code} {sentence}")
        # Whoever listened may be gone (rich ends the thread on a broken pipe), or the terminal knows no Chinese:
        # no reason to stop reading cards.
        with suppress(OSError, UnicodeError, SystemExit):
            self._console.print(line, soft_wrap=True)
