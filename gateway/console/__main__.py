"""`python -m gateway.console <folder>`: write what the console is made from; no running system is needed.

openapi.json is the API's description, from which its client's types are made; operations.json says of each operation
what its pages show and ask; words.json has the labels.
"""

import sys
from pathlib import Path
from typing import Any

import orjson

from gateway.console.operations import operations
from gateway.console.words import words
from gateway.openapi.document import document
from gateway.routes import ROUTES


def main(folder: Path) -> None:
    """Write the three files into the folder. One that says the same already is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "openapi.json", document(ROUTES))
    _write(folder / "operations.json", operations(ROUTES))
    _write(folder / "words.json", words())


def _write(file: Path, value: dict[str, Any]) -> None:
    content = orjson.dumps(value)
    if not file.exists() or file.read_bytes() != content:
        file.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
