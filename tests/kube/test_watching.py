"""A watch's bytes as events, however they are cut."""

import itertools
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import ConflictError, KubernetesError
from bot.core.ports import WatchEvent
from bot.kube.watching import events, version_of
from tests.kube.server import lines


def pod(name: str, version: str) -> dict[str, Any]:
    return {"kind": "Pod", "metadata": {"name": name, "resourceVersion": version}}


EVENTS: list[dict[str, Any]] = [
    {"type": "ADDED", "object": pod("müsli", "1")},
    {"type": "BOOKMARK", "object": pod("", "7")},
    {"type": "DELETED", "object": pod("web", "9")},
]


async def read(chunks: Sequence[bytes]) -> list[WatchEvent]:
    async def sent() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return [event async for event in events(sent())]


def pieces(whole: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = [0, *sorted(cut % len(whole) for cut in cuts), len(whole)]
    return [whole[start:end] for start, end in itertools.pairwise(places)]


@given(st.lists(st.integers(0, 10**4), max_size=20))
async def test_where_the_bytes_are_cut_does_not_matter(cuts: list[int]) -> None:
    found = await read(pieces(lines(EVENTS), cuts))
    assert found == [WatchEvent(event["type"], event["object"]) for event in EVENTS]


async def test_what_was_cut_off_by_the_end_is_no_event() -> None:
    assert len(await read([lines(EVENTS)[:-5]])) == 2


def error(code: int, reason: str) -> bytes:
    status = {"kind": "Status", "code": code, "reason": reason, "message": "too old"}
    return lines([EVENTS[0], {"type": "ERROR", "object": status}])


async def test_a_forgotten_version_is_a_conflict() -> None:
    with pytest.raises(ConflictError) as caught:
        await read([error(410, "Expired")])
    assert caught.value.code == 410


async def test_another_error_ends_the_watch_in_the_servers_words() -> None:
    with pytest.raises(KubernetesError, match=r"Error from server \(InternalError\): too old"):
        await read([error(500, "InternalError")])


@pytest.mark.parametrize(
    ("item", "version"),
    [
        (pod("web", "7"), "7"),
        ({"kind": "Table", "rows": [{"object": pod("web", "8")}]}, "8"),
        ({"kind": "Table", "metadata": {"resourceVersion": "9"}, "rows": []}, "9"),
        ({"kind": "Table", "rows": []}, ""),
        ({}, ""),
    ],
    ids=["object", "row", "table", "no-row", "nothing"],
)
def test_an_event_brings_the_version_to_go_on_from(item: dict[str, Any], version: str) -> None:
    assert version_of(WatchEvent("MODIFIED", item)) == version
