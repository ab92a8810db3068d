"""JSON decoded in pieces is what the standard decoder makes of it, up to where it is too much."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prometheus.decoding import MoreError, NoJsonError, decode

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_it_is_what_json_is(value: Any, indent: int | None, plain: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=plain)
    assert decode(text.encode("utf-8", "surrogatepass"), {}) == value or "\\ud" in text


@given(st.binary(max_size=40) | st.text('[]{}",:1 \\', max_size=12).map(str.encode))
def test_it_refuses_what_json_refuses(content: bytes) -> None:
    try:
        wanted = json.loads(content.decode("utf-8"))
    except ValueError:
        with pytest.raises(NoJsonError):
            decode(content, {})
    else:
        assert repr(decode(content, {})) == repr(wanted)


@pytest.mark.parametrize(("most", "fits"), [({2: 3}, True), ({2: 2}, False), ({3: 1}, True)])
def test_elements_are_counted_by_their_depth(most: dict[int, int], fits: bool) -> None:
    content = b'{"status": "success", "data": [1, 2, 3]}'
    if fits:
        assert decode(content, most)["data"] == [1, 2, 3]
        return
    with pytest.raises(MoreError) as raised:
        decode(content, most)
    assert raised.value.depth == 2


def test_elements_of_several_lists_are_counted_together() -> None:
    content = b'{"data": {"result": [{"values": [[1], [2]]}, {"values": [[3], [4]]}]}}'
    assert decode(content, {5: 4})
    with pytest.raises(MoreError):
        decode(content, {5: 3})
