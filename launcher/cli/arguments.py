"""What several commands understand the same way."""

import typer

from launcher.installation import Installation
from launcher.paths import service_names
from launcher.problems import NotReadyError

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Settings of a command that gives further arguments to another program."""


def known_service(name: str) -> str:
    """The name, if there is such a service; otherwise the user is told which there are."""
    if name not in service_names():
        raise typer.BadParameter(f"there is no service {name!r}; there are {', '.join(service_names())}")
    return name


def running() -> Installation:
    """What runs. Raises NotReadyError where nothing does."""
    installation = Installation()
    if not installation.is_up():
        raise NotReadyError("the system is not running; ./jiaowu up starts it")
    return installation
