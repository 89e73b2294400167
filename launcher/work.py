"""The work that a refusal with `work_required` asks for, as a client does it: ALTCHA's proof of work v2."""

from collections.abc import Mapping
from typing import Any

from altcha.v2 import Challenge, Payload, solve_challenge


def solved(challenge: Mapping[str, Any]) -> str:
    """What is sent as `work` with the same request. It takes about a second, or twice as long for each level."""
    given = Challenge.from_dict(dict(challenge))
    solution = solve_challenge(given)
    assert solution is not None
    return Payload(given, solution).to_base64()
