"""Routes of the identity service."""

from gateway.route import Route

ROUTES: tuple[Route, ...] = ()
