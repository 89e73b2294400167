"""The OpenAPI 3.1 document, made from the route table and the contracts. `python -m gateway.openapi` prints it."""

from gateway.openapi.document import document

__all__ = ["document"]
