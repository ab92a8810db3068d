"""Menus are filled as their person, at once, and with what was known where that takes long."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.errors import RefusedError
from bot.engine import lookups
from bot.engine.lookups import Lookups
from bot.policy.decide import PolicyGate
from tests.clock import IdleClock
from tests.engine.rig import EVE, SHOP, VIC, Bot, bot
from tests.kube.server import body, hang, status, warned

PODS = "/api/v1/namespaces/shop/pods"


def table(*names: str) -> object:
    return {
        "kind": "Table",
        "metadata": {},
        "columnDefinitions": [{"name": "Ready"}, {"name": "Name"}],
        "rows": [{"cells": ["1/1", name]} for name in names],
    }


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Bot]:
    async with bot(tmp_path, clock=IdleClock()) as made:
        yield made


@pytest_asyncio.fixture
async def menus(running: Bot) -> AsyncIterator[Lookups]:
    gate = PolicyGate(lambda: running.policies[-1])
    made = Lookups(replace(running.engine._admission, gate=gate), running.clock, running.ledger)
    yield made
    await made.close()


async def test_names_are_listed_as_the_person(running: Bot, menus: Lookups) -> None:
    running.server.on(PODS, body(table("web-1", "web-2")))
    found = await menus.names(running.request("", who=VIC), "main", "shop", "po")
    assert found == ("web-1", "web-2")
    [asked] = running.server.to(PODS)
    assert asked.all("Impersonate-Group") == ["quarterdeck:viewers"]


async def test_a_list_for_a_menu_is_recorded(running: Bot, menus: Lookups) -> None:
    running.server.on(PODS, warned(table("web-1"), audit_id="a-1"))
    await menus.names(running.request("", who=VIC), "main", "shop", "po")
    [entry] = running.ledger.entries
    assert (entry.happening, entry.canonical) == ("listed", "names shop po")
    assert entry.who
    assert (entry.who.person, entry.who.groups) == (VIC.key, ("quarterdeck:viewers",))
    assert [call.audit_id for call in entry.calls] == ["a-1"]


async def test_a_list_that_the_cluster_refuses_is_recorded_so(running: Bot, menus: Lookups) -> None:
    running.server.on(PODS, body(b"", {"Audit-Id": "a-2"}, 403))
    assert await menus.names(running.request("", who=VIC), "main", "shop", "po") == ()
    [entry] = running.ledger.entries
    assert entry.result
    assert (entry.result.exit_code, entry.result.code) == (1, 403)


async def test_what_everybody_knows_is_not_recorded(running: Bot, menus: Lookups) -> None:
    assert await menus.types(running.request(""), "main")
    assert running.ledger.entries == []


async def test_the_place_says_where_nothing_was_chosen(running: Bot, menus: Lookups) -> None:
    grant = await menus.place(running.request(""))
    assert (grant.context, grant.namespace) == ("main", "shop")
    assert menus.contexts() == ("main",)


async def test_a_stranger_is_shown_nothing(running: Bot, menus: Lookups) -> None:
    with pytest.raises(RefusedError):
        await menus.names(running.request("", who=EVE), "main", "shop", "pods")
    assert running.server.asked == []


async def test_the_same_is_not_listed_twice_within_a_moment(running: Bot, menus: Lookups) -> None:
    running.server.on(PODS, body(table("web-1")), body(table("web-2")))
    ask = running.request("")
    assert await menus.names(ask, "main", "shop", "pods") == ("web-1",)
    assert await menus.names(ask, "main", "shop", "pods") == ("web-1",)
    await running.clock.sleep(lookups.FRESH_SECONDS)
    assert await menus.names(ask, "main", "shop", "pods") == ("web-2",)


async def test_people_with_other_rights_do_not_share_a_list(running: Bot, menus: Lookups) -> None:
    running.server.on(PODS, body(table("web-1", "vault-0")), body(table("web-1")))
    assert await menus.names(running.request(""), "main", "shop", "pods") == ("web-1", "vault-0")
    other = running.request("", who=VIC)
    assert await menus.names(other, "main", "shop", "pods") == ("web-1",)


async def test_who_may_not_list_namespaces_is_offered_the_places_own(
    running: Bot, menus: Lookups
) -> None:
    running.server.on("/api/v1/namespaces", status(403, "Forbidden", "no"))
    assert await menus.namespaces(running.request(""), "main") == ("shop",)


async def test_types_are_those_that_can_be_listed(running: Bot, menus: Lookups) -> None:
    found = await menus.types(running.request(""), "main")
    assert {"pods", "deployments"} <= set(found)
    assert len(found) == len(set(found))


async def test_a_cluster_that_is_slow_gets_the_last_known_names(
    running: Bot, menus: Lookups
) -> None:
    running.server.on(PODS, body(table("web-1")), hang)
    ask = running.request("")
    await menus.names(ask, "main", "shop", "pods")
    await running.clock.sleep(lookups.FRESH_SECONDS)
    asked = running.clock.monotonic()
    assert await menus.names(ask, "main", "shop", "pods") == ("web-1",)
    assert running.clock.monotonic() == asked + lookups.PATIENCE_SECONDS


async def test_a_place_of_another_surface_is_judged_as_that(running: Bot, menus: Lookups) -> None:
    grant = await menus.place(running.request("", place=SHOP))
    assert grant.explicit_namespace is False
