"""Demonstration data: a small school in which everything can be tried at once."""

import json
from dataclasses import asdict, dataclass

from requests import RequestException

from launcher.problems import NotReadyError
from launcher.secrets import Secrets
from launcher.steps import Tell
from launcher.system import FIRST_ADMINISTRATOR, System

_KEPT = "demonstration.json"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Who can sign in to the demonstration data: title and username, all with one password."""

    administrator: str
    administrator_password: str
    password: str
    accounts: tuple[tuple[str, str], ...]


def demonstration(system: System) -> Demonstration | None:
    """What was made earlier, if it was."""
    kept = Secrets(system.state / "secrets").kept(_KEPT)
    if not kept or not json.loads(kept).get("accounts"):
        return None
    fields = json.loads(kept)
    return Demonstration(**{**fields, "accounts": tuple(tuple(each) for each in fields["accounts"])})


def ensure(system: System, tell: Tell = lambda how_far: None) -> Demonstration | None:
    """Make the demonstration data in a system that is new. None where somebody else works in it already.

    What was begun and not finished is begun anew under other codes. Raises NotReadyError with what the system answered
    where it can't be made.
    """
    if made := demonstration(system):
        return made
    # A second of imports, which only a new system needs.
    from launcher.story.client import ProblemError
    from launcher.story.stage import StoryError

    try:
        return _make(system, tell)
    except (ProblemError, StoryError, RequestException) as problem:
        raise NotReadyError(
            f"The demonstration data could not be made: {problem}\nRun it again, it begins anew; or --no-demo, without."
        ) from None


def _make(system: System, tell: Tell) -> Demonstration | None:
    from launcher.story.opening import is_new, open_school
    from launcher.story.people import administrator, administrator_password

    kept = Secrets(system.state / "secrets")
    begun = kept.kept(_KEPT) is not None
    tell("the administrator signs in")
    chief = administrator(system)
    new = is_new(chief)
    if not new and not begun:
        return None
    kept.keep(_KEPT, "{}")
    password = kept.password("demonstration")
    accounts = open_school(system.gateway_url, chief, password, first=new, tell=tell)
    made = Demonstration(FIRST_ADMINISTRATOR, administrator_password(system), password, accounts)
    kept.keep(_KEPT, json.dumps(asdict(made), ensure_ascii=False, indent=2))
    return made
