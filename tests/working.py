"""Doing the work that a refusal asks for, as a client does."""

from __future__ import annotations

from typing import Any

from altcha.v2 import Challenge, Payload, solve_challenge

from contracts.errors import ServiceError


def worked(refusal: ServiceError) -> str:
    """What is sent as `work` after this refusal."""
    assert refusal.code == "work_required"
    given: Any = refusal.params["challenge"]
    challenge = Challenge.from_dict(given)
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()
