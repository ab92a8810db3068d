"""Who asks is found out by the engine: once a request, and as fresh as its effect needs."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.request import Person, Reach, Request, Standing
from bot.engine.admission import CHANGE_SECONDS, PRESS_SECONDS, READ_SECONDS
from bot.engine.lookups import PATIENCE_SECONDS, Lookups
from bot.engine.rights import KnownRights
from bot.policy.decide import PolicyGate
from tests.clock import ManualClock
from tests.engine.rig import ADA, POLICY, bot
from tests.kube.server import body

SCALE = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
PHRASE = "scale deploy web --replicas=5"
UNKNOWN = replace(ADA, standing=Standing.UNKNOWN)
GROUPED: dict[str, Any] = {
    **POLICY,
    "people": [],
    "usergroups": {"S0OPS": {"groups": ["quarterdeck:operators"]}},
}


@dataclass
class Register:
    """Makes whoever comes a member, and keeps how fresh that had to be."""

    asked: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    standing: Standing = Standing.MEMBER
    reach: Reach = Reach.HOME
    held: asyncio.Event | None = None

    async def introduce(
        self, request: Request, within: float, usergroups: Collection[str] = ()
    ) -> Request:
        self.asked.append((within, frozenset(usergroups)))
        if self.held:
            await self.held.wait()
        person = replace(request.person, standing=self.standing, usergroups=tuple(usergroups))
        return replace(request, person=person, place=replace(request.place, reach=self.reach))


def scale() -> dict[str, Any]:
    metadata = {"name": "web", "uid": "uid-1", "resourceVersion": "7"}
    return {"kind": "Scale", "metadata": metadata, "spec": {"replicas": 3}}


@pytest.mark.parametrize(
    ("phrase", "within"), [("get pods", READ_SECONDS), (PHRASE, CHANGE_SECONDS)]
)
async def test_a_person_is_known_once_a_request_and_as_fresh_as_its_effect_needs(
    tmp_path: Path, phrase: str, within: float
) -> None:
    register = Register()
    async with bot(tmp_path, acquaintance=register) as running:
        running.server.on(SCALE, body(scale()))
        await running.say(phrase, UNKNOWN)
    assert register.asked == [(within, frozenset())]


async def test_a_press_asks_anew(tmp_path: Path) -> None:
    register = Register()
    async with bot(tmp_path, acquaintance=register) as running:
        running.server.on(SCALE, body(scale()))
        asked = await running.say(PHRASE, UNKNOWN)
        await running.press(asked.proposal.ticket, UNKNOWN)
    assert [within for within, _ in register.asked] == [CHANGE_SECONDS, PRESS_SECONDS]


async def test_what_is_learnt_at_the_press_counts(tmp_path: Path) -> None:
    register = Register()
    async with bot(tmp_path, acquaintance=register) as running:
        running.server.on(SCALE, body(scale()))
        asked = await running.say(PHRASE, UNKNOWN)
        register.standing = Standing.DEACTIVATED
        pressed = await running.press(asked.proposal.ticket, UNKNOWN)
        assert "A deactivated account is not served here." in pressed.text
        assert not any(one.changes for one in running.server.to(SCALE))


async def test_whoever_stays_unknown_reaches_no_cluster(tmp_path: Path) -> None:
    async with bot(tmp_path, acquaintance=Register(standing=Standing.UNKNOWN)) as running:
        answer = await running.say("get pods", ADA)
        assert "Slack did not say who you are" in answer.text
        assert running.server.asked == []


async def test_only_user_groups_that_decide_are_looked_up(tmp_path: Path) -> None:
    register = Register()
    async with bot(tmp_path, policy=GROUPED, acquaintance=register) as running:
        await running.say("get pods", UNKNOWN)
    assert register.asked == [(READ_SECONDS, frozenset({"S0OPS"}))]


async def test_rights_are_those_of_whom_the_person_turns_out_to_be(tmp_path: Path) -> None:
    register = Register()
    async with bot(tmp_path, policy=GROUPED, acquaintance=register) as running:
        gate = PolicyGate(lambda: running.policies[-1])
        book = KnownRights(running.engine._admission, gate.rights)
        found = await book.rights(running.request("", Person("T1/UNEW", "", Standing.UNKNOWN)))
        assert found.actor.identity.groups == ("quarterdeck:operators",)  # type: ignore[union-attr]


async def test_a_menu_does_not_wait_until_it_is_known_who_asks(tmp_path: Path) -> None:
    register, clock = Register(held=asyncio.Event()), ManualClock()
    async with bot(tmp_path, acquaintance=register, clock=clock) as running:
        lookups = Lookups(running.engine._admission, clock, running.ledger)
        request = running.request("", UNKNOWN)
        menu = asyncio.create_task(lookups.types(request, "main"))
        await clock.advance(PATIENCE_SECONDS)
        with pytest.raises(Exception, match="Slack did not say who you are"):
            await menu
        assert running.server.asked == []
        await lookups.close()
