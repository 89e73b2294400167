"""Routes of the finance service."""

from gateway.route import Route

ROUTES: tuple[Route, ...] = ()
