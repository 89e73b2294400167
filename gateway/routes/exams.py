"""Routes of the exams service."""

from gateway.route import Route

ROUTES: tuple[Route, ...] = ()
