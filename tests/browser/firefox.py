"""Debian's Firefox, driven by its own protocol (Marionette): what Playwright drives is a Firefox of Playwright's."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE = 60.0
"""Seconds for which Firefox has to answer."""
ENTER, TAB = "\ue007", "\ue004"
# A school's browser: no first steps, nothing that calls home.
_SETTINGS = {
    "marionette.port": 0,
    "intl.accept_languages": "zh-CN",
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.disabledForTesting": True,
}
# Errors of pages, of the policy among them: what Firefox's console would show of them.
_COMPLAINTS = """
const told = Services.console.getMessageArray();
Services.console.reset();
const isWarning = ({ flags }) => (flags & Ci.nsIScriptError.warningFlag) !== 0;
return told
  .filter((each) => each instanceof Ci.nsIScriptError && !isWarning(each) && each.sourceName.startsWith(arguments[0]))
  .map(({ errorMessage, sourceName, lineNumber }) => `${errorMessage} (${sourceName}:${lineNumber})`);
"""


class Firefox:
    """One window of it."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds its profile and what it writes."""
        self._folder = folder
        self._number = 0

    def __enter__(self) -> Self:
        profile = self._folder / "profile"
        profile.mkdir()
        settings = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _SETTINGS.items())
        (profile / "user.js").write_text("\n".join(settings))
        program = shutil.which("firefox-esr")
        assert program is not None
        flags = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", str(profile)]
        environment = {**os.environ, "HOME": str(self._folder), "LANG": "zh_CN.UTF-8"}
        with (self._folder / "log").open("w") as log:
            self._process = subprocess.Popen([program, *flags], stdout=log, stderr=log, env=environment)
        self._socket = socket.create_connection(("127.0.0.1", self._port(profile)), timeout=PATIENCE)
        self._stream = self._socket.makefile("rb")
        self._hear()  # who it is
        self.ask("WebDriver:NewSession", capabilities={"alwaysMatch": {"pageLoadStrategy": "normal"}})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._socket.close()
        self._process.terminate()
        self._process.wait(PATIENCE)

    # -- what one can do --

    def open(self, url: str) -> None:
        """Go there."""
        self.ask("WebDriver:Navigate", url=url)

    def type(self, *keys: str) -> None:
        """Type into what has the focus."""
        strokes = [{"type": kind, "value": key} for each in keys for key in each for kind in ("keyDown", "keyUp")]
        self.ask("WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def look(self, script: str, *arguments: Any) -> Any:
        """What a script in the page returns."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments))["value"]

    def set_out(self, url: str) -> None:
        """Begin to go there. Until it is there the page is marked as `left`."""
        self.look("document.documentElement.dataset.left = 'yes'; location.assign(arguments[0])", url)

    def tabs(self, count: int) -> Sequence[str]:
        """So many tabs: those that are open, and as many new ones as are missing."""
        open_: list[str] = self.ask("WebDriver:GetWindowHandles")
        new = (self.ask("WebDriver:NewWindow", type="tab")["handle"] for _ in range(count - len(open_)))
        return [*open_, *new][:count]

    def close_others(self) -> None:
        """Leave nothing open but the first tab."""
        first, *others = self.ask("WebDriver:GetWindowHandles")
        for tab in others:
            self.turn_to(tab)
            self.ask("WebDriver:CloseWindow")
        self.turn_to(first)

    def turn_to(self, tab: str) -> None:
        """What follows is about this tab."""
        self.ask("WebDriver:SwitchToWindow", handle=tab)

    def wait_for(self, script: str) -> Any:
        """What a script in the page returns, as soon as that is something. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE
        while not (seen := self.look(script)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{script}: never so on {self.look('return location.href')}")
            time.sleep(0.05)
        return seen

    def complaints(self, origin: str) -> Sequence[str]:
        """What went wrong since this was asked last in scripts and styles from there, and what the policy refused."""
        self.ask("Marionette:SetContext", value="chrome")
        try:
            return list(self.look(_COMPLAINTS, origin))
        finally:
            self.ask("Marionette:SetContext", value="content")

    # -- how it travels: the length, a colon, JSON --

    def ask(self, command: str, **parameters: Any) -> Any:
        """The answer to a command. Raises RuntimeError with the reason when there is none."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(f"{len(message)}:".encode() + message)
        _, _, error, result = self._hear()
        if error is not None:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    def _hear(self) -> Any:
        length = b""
        while (byte := self._stream.read(1)) != b":":
            if not byte:
                raise RuntimeError(f"Firefox has ended: {(self._folder / 'log').read_text()[-500:]}")
            length += byte
        return json.loads(self._stream.read(int(length)))

    def _port(self, profile: Path) -> int:
        told, deadline = profile / "MarionetteActivePort", time.monotonic() + PATIENCE
        while not (told.exists() and told.read_text()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Firefox does not start: {(self._folder / 'log').read_text()[-500:]}")
            time.sleep(0.1)
        return int(told.read_text())
