"""The pages of a list: each is asked for while the one before it is read, and none in vain."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from bot.core.errors import KubernetesError
from bot.core.ports import Form
from bot.kube.paging import paged

PATH = "/api/v1/pods"
FORMS = (Form.TABLE, Form.TABLE_CELLS, Form.OBJECTS)


@dataclass
class Server:
    """A list of three pages; what is asked for is written down."""

    answers: dict[str, dict[str, Any] | KubernetesError]
    asked: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, token: str) -> bytes:
        self.asked.append(token)
        try:
            if token:
                await self.held.wait()
        except asyncio.CancelledError:
            self.given_up.append(token)
            raise
        answer = self.answers[token]
        if isinstance(answer, KubernetesError):
            raise answer
        return orjson.dumps(answer)


def page(number: int, following: str) -> dict[str, Any]:
    found = {"kind": "Table", "metadata": {"continue": following}, "rows": [{"cells": [number]}]}
    return found | {"items": [{"metadata": {"name": f"{number}"}}]}


def three() -> Server:
    return Server({"": page(1, "b"), "b": page(2, "c"), "c": page(3, "")})


@pytest.mark.parametrize("form", FORMS)
async def test_all_pages_come_in_their_order(form: Form) -> None:
    server = three()
    server.held.set()
    found = [each["rows"][0]["cells"] async for each in paged(server.ask, form, PATH)]
    assert (found, server.asked) == ([[1], [2], [3]], ["", "b", "c"])


@pytest.mark.parametrize("form", FORMS)
async def test_one_page_is_on_its_way_while_another_is_read(form: Form) -> None:
    server = three()
    async with aclosing(paged(server.ask, form, PATH)) as pages:
        await anext(pages)
        await asyncio.sleep(0)
        assert server.asked == ["", "b"]
        server.held.set()
        await anext(pages)
        await asyncio.sleep(0)
        assert server.asked == ["", "b", "c"]


async def test_who_has_enough_leaves_no_request_behind() -> None:
    server = three()
    async with aclosing(paged(server.ask, Form.TABLE, PATH)) as pages:
        await anext(pages)
        await asyncio.sleep(0)
    assert server.given_up == ["b"]


async def test_what_came_before_an_error_is_read_first() -> None:
    gone = KubernetesError("error: expired", code=410, reason="Expired")
    server = Server({"": page(1, "b"), "b": gone})
    server.held.set()
    async with aclosing(paged(server.ask, Form.TABLE_CELLS, PATH)) as pages:
        first = await anext(pages)
        await asyncio.sleep(0)
        assert first["rows"] == [{"cells": [1]}]
        with pytest.raises(KubernetesError, match="expired"):
            await anext(pages)


async def test_an_error_that_nobody_waits_for_is_dropped() -> None:
    gone = KubernetesError("error: expired", code=410, reason="Expired")
    server = Server({"": page(1, "b"), "b": gone})
    server.held.set()
    async with aclosing(paged(server.ask, Form.OBJECTS, PATH)) as pages:
        await anext(pages)
        await asyncio.sleep(0)
    assert server.asked == ["", "b"]
