"""What several commands understand the same way."""

import typer

from launcher.paths import service_names

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Settings of a command that gives further arguments to another program."""


def known_service(name: str) -> str:
    """The name, if there is such a service; otherwise the user is told which there are."""
    if name not in service_names():
        raise typer.BadParameter(f"there is no service {name!r}; there are {', '.join(service_names())}")
    return name
