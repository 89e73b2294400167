"""The five elements, chosen one after the other: what is left of each (ENR-5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from chassis.rules.programmes import Elements, Programme

ELEMENTS = tuple(field.name for field in fields(Elements))


@dataclass(frozen=True, slots=True)
class Left:
    """What is left: of each element its values with the number of programmes, and the programmes that fit everything
    chosen."""

    values: Mapping[str, Counter[str]]
    fitting: Sequence[Programme]


def narrowed(programmes: Iterable[Programme], chosen: Mapping[str, str]) -> Left:
    """Of each element the values that go with what is chosen of the *others*, so that a choice can be changed."""
    known = [(programme, asdict(programme.elements)) for programme in programmes]
    values = {
        element: Counter(
            elements[element]
            for _, elements in known
            if all(elements[name] == value for name, value in chosen.items() if name != element)
        )
        for element in ELEMENTS
    }
    fitting = [programme for programme, elements in known if chosen.items() <= elements.items()]
    return Left(values, fitting)
