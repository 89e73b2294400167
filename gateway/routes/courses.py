"""Routes of the courses service."""

from gateway.route import Route

ROUTES: tuple[Route, ...] = ()
