"""Refusals of the identity service."""

from contracts.errors import ErrorText

TEXTS: dict[str, ErrorText] = {}
