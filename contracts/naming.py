"""How classes are called on the wire. Imported by `contracts.base`; nothing else needs it directly."""

import re

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """`SelectCourses` → `select_courses`."""
    return _WORD.sub("_", name).lower()


def service_of_module(module: str) -> str:
    """`contracts.courses.commands` → `courses`: a command belongs to the service of its package."""
    parts = module.split(".")
    return parts[1] if len(parts) > 2 and parts[0] == "contracts" else ""
