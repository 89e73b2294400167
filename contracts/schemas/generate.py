"""JSON Schemas made from the models."""

import importlib
import json
import pkgutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

import contracts
from contracts.base import EVENTS, OPERATIONS, Command, Contract, Event, Operation, method_name, routing_key
from contracts.every_service import COMMON_OPERATIONS

FOLDER = Path(__file__).parent
EVERY_SERVICE = "every_service"

Document = dict[str, Any]


def load_all() -> None:
    """Import every module of contracts, so that all messages have registered themselves."""
    for module in pkgutil.walk_packages(contracts.__path__, "contracts."):
        if not module.name.startswith("contracts.schemas"):
            importlib.import_module(module.name)


def documents() -> dict[str, Document]:
    """A document a service: its commands, queries and events, sharing their definitions."""
    load_all()
    operations: dict[str, list[type[Operation]]] = defaultdict(list)
    events: dict[str, list[type[Event]]] = defaultdict(list)
    for (service, _), operation in OPERATIONS.items():
        if operation.__module__.startswith(f"contracts.{service}."):
            operations[service].append(operation)
    for event in EVENTS.values():
        if event.__module__.startswith("contracts."):
            events[event.owner].append(event)
    operations[EVERY_SERVICE] = list(COMMON_OPERATIONS)
    return {name: document(operations[name], events[name]) for name in sorted({*operations, *events})}


def document(operations: Iterable[type[Operation]], events: Iterable[type[Event]]) -> Document:
    """The document of some messages."""
    operations, events = list(operations), list(events)
    models: list[type[Contract]] = [*operations, *(operation.answers for operation in operations), *events]
    references, definitions = models_json_schema([(model, "validation") for model in dict.fromkeys(models)])

    def reference(model: type[Contract]) -> Any:
        return references[model, "validation"]

    def described(kind: bool) -> Document:
        return {
            method_name(operation): {"request": reference(operation), "answer": reference(operation.answers)}
            for operation in operations
            if issubclass(operation, Command) is kind
        }

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "commands": described(True),
        "queries": described(False),
        "events": {routing_key(event): reference(event) for event in events},
        "$defs": definitions.get("$defs", {}),
    }


def as_text(made: Document) -> str:
    """As it stands in a file: sorted, so that a change shows as what it is."""
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def committed() -> dict[str, Document]:
    """The documents that stand in the tree."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def write(made: dict[str, Document]) -> None:
    """Put the documents into the tree; those of services that are gone leave it."""
    for path in FOLDER.glob("*.json"):
        if path.stem not in made:
            path.unlink()
    for name, one in made.items():
        (FOLDER / f"{name}.json").write_text(as_text(one), "utf-8")
