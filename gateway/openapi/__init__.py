"""The OpenAPI 3.1 document, made from the route table and the contracts. `python -m gateway.openapi` prints it."""
