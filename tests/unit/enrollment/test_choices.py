"""The five elements, chosen one after the other."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.rules.programmes import Elements, Programme
from contracts.types import Level
from services.enrollment.domain.choices import ELEMENTS, narrowed

VALUES = {
    "level": (Level.BACHELOR, Level.TOP_UP_BACHELOR),
    "student_type": ("开放教育", "一村一"),
    "student_source": ("开放教育",),
    "major_code": ("080901", "020204", "120201"),
    "schooling_length": ("2.5", "5"),
}
PROGRAMMES = st.lists(
    st.builds(Elements, **{name: st.sampled_from(values) for name, values in VALUES.items()}), max_size=8, unique=True
).map(
    lambda found: [
        Programme(UUID(int=n), elements, "专业", True, "202609", None, frozenset()) for n, elements in enumerate(found)
    ]
)
CHOSEN = st.dictionaries(st.sampled_from(ELEMENTS), st.none()).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(VALUES[name]) for name in names})
)


@given(PROGRAMMES, CHOSEN)
def test_every_value_that_is_left_leads_to_as_many_programmes_as_it_says(
    programmes: list[Programme], chosen: dict[str, str]
) -> None:
    left = narrowed(programmes, chosen)
    for element in ELEMENTS:
        for value, count in left.values[element].items():
            assert len(narrowed(programmes, {**chosen, element: value}).fitting) == count > 0


@given(PROGRAMMES, CHOSEN)
def test_what_is_chosen_can_be_changed(programmes: list[Programme], chosen: dict[str, str]) -> None:
    for element in chosen:
        others = {name: value for name, value in chosen.items() if name != element}
        assert narrowed(programmes, chosen).values[element] == narrowed(programmes, others).values[element]
