"""`python -m gateway.openapi`: print the document; no running system is needed."""

import sys

import orjson

from gateway.openapi.document import document
from gateway.routes import ROUTES

if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(document(ROUTES), option=orjson.OPT_INDENT_2) + b"\n")
