"""Values of fields: what is preset, what is kept over an update, what is read inside of frames."""

from typing import Any

import pytest

from bot.demo.slack.inputs import carried, drawn, fields, presets, value_of, with_value
from bot.demo.slack.rendering import plain_blocks
from tests.demo.slack import samples
from tests.demo.slack.bots import asking, plain, section


def field_of(kind: str, action_id: str = "a", **more: Any) -> dict[str, Any]:
    return asking("Name", {"type": kind, "action_id": action_id, **more}, block_id="b")


NAME = field_of("plain_text_input")
TYPED = with_value(presets([NAME]), next(fields([NAME])), "web")


def test_a_preset_stands_in_the_field_before_anybody_types() -> None:
    blocks = [field_of("plain_text_input", initial_value="web")]
    assert presets(blocks) == {"b": {"a": {"type": "plain_text_input", "value": "web"}}}


@pytest.mark.parametrize(
    ("new", "held"),
    [
        pytest.param(NAME, "web", id="same field"),
        pytest.param({**NAME, "label": plain("Other")}, "web", id="other label"),
        pytest.param(field_of("plain_text_input", "z"), None, id="other action_id"),
        pytest.param({**NAME, "block_id": "z"}, None, id="other block_id"),
        pytest.param(field_of("number_input", is_decimal_allowed=False), None, id="other type"),
    ],
)
def test_an_update_keeps_what_stands_in_the_same_field(new: dict[str, Any], held: Any) -> None:
    values = carried(TYPED, [new])
    assert value_of(next(fields([new])), values) == held


def test_a_field_inside_of_a_container_is_filled_in_and_read_too() -> None:
    (frame,) = samples.container(child_blocks=[NAME])
    blocks = [{**frame, "block_id": "frame"}]
    (field,) = fields(blocks)
    values = with_value(presets(blocks), field, "web")
    assert plain_blocks(drawn(blocks, values), str) == "x\nName: [web]"


def test_blocks_without_fields_are_drawn_as_they_are() -> None:
    blocks = [{**section("x"), "block_id": "b"}]
    assert drawn(blocks, {}) == blocks
