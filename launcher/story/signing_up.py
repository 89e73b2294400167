"""Visitors without an account sign up at the nearest teaching point, which calls them back."""

from __future__ import annotations

from contracts.enrollment.signups import (
    DiscardSignups,
    GetNearestPoints,
    ListSignups,
    SignUp,
    SignupPoint,
    SignupView,
)
from contracts.enrollment.states import SignupState
from launcher.made_up import MadeUpStudent
from launcher.story.client import Client, ProblemError
from launcher.story.school import Point
from launcher.story.stage import Stage, expect, wait
from launcher.work import solved


def sign_up(stage: Stage, point: Point, person: MadeUpStudent) -> SignupView:
    """Somebody looks for the nearest point, and leaves name and number there; the point sees it among its to-dos."""
    visitor = Client(stage.gateway_url)
    with stage.step("a visitor", "shares where they are, and signs up at the nearest teaching point") as step:
        near = _nearest(visitor, point)
        wish = {"name": person.name, "mobile": person.mobile, "wished_major": "计算机"}
        send(visitor, SignUp(teaching_point_id=near.teaching_point_id, **wish))
        step.outcome = f"{near.name}, {near.distance} m away"
    query = ListSignups(state=SignupState.SIGNED_UP, search=person.mobile)
    found: list[SignupView] = list(point.registrar.client.pages(query))
    expect(len(found) == 1, "the signup has reached the point", found)
    return found[0]


def discard(stage: Stage, point: Point, signup: SignupView) -> None:
    """Somebody does not want to any more."""
    with stage.step(point.registrar.title, "calls a visitor, who has changed their mind") as step:
        reason = "电话联系后本人表示不再报名"
        done = point.registrar.send(DiscardSignups(signup_ids=(signup.id,), reason=reason))
        expect(done.done == 1, "the signup is discarded", done)
        step.outcome = reason


def send(visitor: Client, command: SignUp) -> None:
    """Send a signup with the work that it takes. Raises ProblemError."""
    try:
        visitor.send(command)
    except ProblemError as problem:
        if problem.challenge is None:
            raise
        visitor.send(command.model_copy(update={"work": solved(problem.challenge)}))


def _nearest(visitor: Client, point: Point) -> SignupPoint:
    """The point that the visitor stands before, as soon as enrollment knows that it recruits."""
    address = point.view.information.address
    assert address.longitude is not None
    assert address.latitude is not None
    asked = GetNearestPoints(longitude=address.longitude, latitude=address.latitude)
    found = wait(
        "the nearest point",
        lambda: visitor.send(asked).items,
        lambda seen: bool(seen) and seen[0].teaching_point_id == point.view.id,
    )
    nearest: SignupPoint = found[0]
    return nearest
