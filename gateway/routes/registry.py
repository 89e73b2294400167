"""Routes of the registry service."""

from gateway.route import Route

ROUTES: tuple[Route, ...] = ()
