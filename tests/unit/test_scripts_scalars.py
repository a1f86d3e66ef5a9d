"""Texts, numbers and `None` as things: what answers for them is never a value of a script itself."""

from __future__ import annotations

import inspect

import pytest

from automation_role.derive.scripts.values import asking
from automation_role.derive.scripts.values.scalars import Scalar, String, Texts, as_thing
from automation_role.derive.scripts.values.thing import DATA, Thing
from automation_role.values.patterns import ANY, Pattern
from automation_role.values.value import Text

HOLES = Text((Pattern(("a", ANY)),))


def test_each_answer_that_is_the_thing_itself_is_the_text_or_number():
    itself = [name for name, each in vars(Thing).items() if callable(each) and "return self\n" in inspect.getsource(each)]
    assert {"plainly", "copied", "entered", "replaced"} <= set(itself)
    assert [name for name in itself if getattr(Scalar, name) is getattr(Thing, name)] == []


@pytest.mark.parametrize(("value", "kind"), [("a", String), (HOLES, Texts), (3, Scalar), (1.5, Scalar), (True, Scalar), (None, Scalar)])
def test_a_scalar_answers_as_it_does_without_a_thing(value, kind):
    thing = as_thing(value)
    assert type(thing) is kind
    assert thing.plainly() == thing.unwrapped() == value
    for ask in (asking.truth, asking.choices, asking.identity, asking.is_plain, asking.widened):
        assert getattr(thing, ask.__name__)() == ask(value)


def test_what_is_a_thing_answers_itself():
    assert as_thing(DATA) is DATA
