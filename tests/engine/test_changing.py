"""A change: proposed, confirmed by its owner, carried out once, and only if nothing moved."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from bot.core.access import Audience
from bot.core.command import Effect
from bot.core.errors import RefusedError, SupersededError
from bot.core.plan import Change, Operation, Patch, Plan, Target
from bot.core.ports import Heading, Scope
from bot.core.request import Place, Surface
from bot.policy.model import Policy
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.commands import Options, plans
from tests.engine.rig import ADA, EVE, LOBBY, POLICY, SCALED, SHOP, VIC, Answer, Bot
from tests.kube.server import Asked, Play, body, hang, reset, status, warned

SCALE = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
PHRASE = "scale deploy web --replicas=5"
FAILED_TEST = status(
    422, "Invalid", "the server rejected our request due to an error in our request", details={}
)


def scale(replicas: int) -> dict[str, Any]:
    return {
        "kind": "Scale",
        "metadata": {"name": "web", "uid": "uid-1", "resourceVersion": "7"},
        "spec": {"replicas": replicas},
    }


@dataclass
class Scalable:
    """The scale of `web`, which answers a read and then whatever a patch is to be answered."""

    bot: Bot
    patched: Play = field(default_factory=lambda: body(scale(5)))
    read: Play = field(default_factory=lambda: body(scale(3)))
    tried: Play | None = None
    """What a patch is answered that is only tried; None: the same."""

    def __post_init__(self) -> None:
        self.bot.server.on(SCALE, self.play)

    async def play(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.tried is not None and "dryRun" in request.query_string:
            return await self.tried(request)
        return await (self.read if request.method == "GET" else self.patched)(request)

    @property
    def patches(self) -> list[Asked]:
        return [asked for asked in self.bot.server.to(SCALE) if asked.changes]


@pytest.fixture
def web_(bot: Bot) -> Scalable:
    return Scalable(bot)


async def test_a_change_is_shown_and_nothing_is_done(bot: Bot, web_: Scalable) -> None:
    answer = await bot.say(PHRASE)
    assert answer.proposal.plan.changes == (
        Change("deployment.apps/web in shop", "replicas", "3", "5"),
    )
    assert "deployment.apps/web in shop: replicas 3 → 5\n" in answer.text
    assert answer.headings == [Heading("main", "shop", Audience.CHANNEL, PHRASE)]
    assert web_.patches == []


async def test_what_was_shown_is_what_is_sent_with_its_precondition(
    bot: Bot, web_: Scalable
) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    done = await bot.press(proposal.ticket)
    assert (done.text, done.code) == (SCALED.format("web"), 0)
    [patch] = web_.patches
    [step] = proposal.plan.steps
    assert isinstance(step, Patch)
    assert patch.body == step.body()
    assert orjson.loads(patch.body) == [
        {"op": "test", "path": "/metadata/uid", "value": "uid-1"},
        {"op": "test", "path": "/spec/replicas", "value": 3},
        {"op": "add", "path": "/spec/replicas", "value": 5},
    ]
    assert patch.all("Impersonate-Group") == ["quarterdeck:viewers", "quarterdeck:operators"]


async def test_it_is_carried_out_with_the_id_of_the_press(bot: Bot, web_: Scalable) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    web_.patched = warned(scale(5), '299 - "careful"', audit_id="a-7")
    request, answer = bot.request(""), Answer()
    await bot.engine.confirm(proposal.ticket, request, answer)
    [patch] = web_.patches
    assert patch.all("Impersonate-Extra-quarterdeck.dev%2Frequest") == [request.id]
    assert answer.asides == ["Warning: careful"]
    assert bot.ledger.lines[-1] == (request.id, 0, ("a-7",))


async def test_a_ticket_is_good_once(bot: Bot, web_: Scalable) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    answers = await asyncio.gather(*(bot.press(proposal.ticket) for _ in range(5)))
    assert sorted(answer.code for answer in answers) == [0, 1, 1, 1, 1]
    assert len(web_.patches) == 1


@pytest.mark.parametrize(
    ("who", "place"),
    [(VIC, SHOP), (EVE, SHOP), (ADA, LOBBY)],
    ids=["colleague", "stranger", "elsewhere"],
)
async def test_a_ticket_is_its_owners_where_it_was_given(
    bot: Bot, web_: Scalable, who: Any, place: Place
) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    refused = await bot.press(proposal.ticket, who, place)
    assert isinstance(refused.problem, RefusedError)
    assert refused.headings == []
    assert web_.patches == []
    assert (await bot.press(proposal.ticket)).code == 0  # and it still waits for its owner


async def test_an_unknown_ticket_is_refused(bot: Bot) -> None:
    answer = await bot.press("nonsense")
    assert isinstance(answer.problem, RefusedError)
    assert (answer.headings, answer.code) == ([], 1)


async def test_what_was_withdrawn_is_never_carried_out(bot: Bot, web_: Scalable) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    answer = Answer()
    await bot.engine.withdraw(proposal.ticket, bot.request(""), answer)
    assert (answer.asides, answer.code) == (["Cancelled; nothing was changed."], 0)
    assert (await bot.press(proposal.ticket)).code == 1
    assert web_.patches == []


async def test_somebody_else_withdraws_nothing(bot: Bot, web_: Scalable) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    answer = Answer()
    await bot.engine.withdraw(proposal.ticket, bot.request("", VIC), answer)
    assert answer.code == 1
    assert (await bot.press(proposal.ticket)).code == 0


async def test_a_change_that_was_overtaken_says_so_and_is_not_tried_again(
    bot: Bot, web_: Scalable
) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    web_.patched = FAILED_TEST
    answer = await bot.press(proposal.ticket)
    assert isinstance(answer.problem, SupersededError)
    assert answer.text == (
        "error: deployment.apps/web has changed since this was shown; nothing was done\n"
    )
    assert answer.problem.next_step
    assert len(web_.patches) == 1


async def test_the_servers_refusal_at_the_press_is_kept_with_its_audit_id(
    bot: Bot, web_: Scalable
) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    web_.patched = body(b"no", {"Audit-Id": "a-8"}, 403)
    answer = await bot.press(proposal.ticket)
    assert answer.text.startswith("Error from server (Forbidden): no (patch deployments.apps web)")
    assert bot.ledger.lines[-1][1:] == (1, ("a-8",))


async def test_the_policy_is_asked_again_at_the_press(bot: Bot, web_: Scalable) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    bot.policies.append(Policy.model_validate({**POLICY, "people": []}))
    answer = await bot.press(proposal.ticket)
    assert isinstance(answer.problem, RefusedError)
    assert "not in this bot's policy" in answer.text
    assert answer.headings == []
    assert web_.patches == []


@pytest.mark.parametrize(
    ("phrase", "place", "reason"),
    [
        (PHRASE, LOBBY, "bound to no namespace"),
        (PHRASE, Place(Surface.DIRECT, "DADA"), "direct messages"),
        (f"{PHRASE} -n ops", SHOP, "Namespace ops is not changed from this channel"),
        (f"{PHRASE} --context other", SHOP, "in the cluster default, and in no other"),
    ],
    ids=["unbound", "direct", "namespace", "cluster"],
)
async def test_a_change_is_refused_where_it_does_not_belong(
    bot: Bot, web_: Scalable, phrase: str, place: Place, reason: str
) -> None:
    answer = await bot.say(phrase, place=place)
    assert reason in answer.text
    assert answer.headings == []
    assert bot.server.asked == []


@pytest.mark.parametrize("name", ["default", "main"])
async def test_the_default_cluster_may_be_called_by_either_name(tmp_path: Path, name: str) -> None:
    channels = {"CSHOP": {"cluster": name, "namespaces": ["shop"]}}
    async with rig.bot(tmp_path, policy={**POLICY, "channels": channels}) as bot:
        web_ = Scalable(bot)
        for phrase in (PHRASE, f"{PHRASE} --context main", f"{PHRASE} --context default"):
            answer = await bot.say(phrase)
            done = await bot.press(answer.proposal.ticket)
            assert done.text == SCALED.format("web")
    assert len(web_.patches) == 3


async def test_a_server_side_dry_run_needs_no_press_and_opens_one_answer(
    bot: Bot, web_: Scalable
) -> None:
    answer = await bot.say(f"{PHRASE} --dry-run=server")
    assert answer.text == "deployment.apps/web scaled (server dry run)\n"
    assert len(answer.headings) == 1
    [patch] = [asked for asked in bot.server.to(SCALE) if asked.method == "PATCH"]
    assert patch.target == f"{SCALE}?fieldManager=kubectl&dryRun=All"


async def test_a_client_side_dry_run_changes_nothing(bot: Bot, web_: Scalable) -> None:
    answer = await bot.say(f"{PHRASE} --dry-run=client")
    assert answer.text == "deployment.apps/web scaled (dry run)\n"
    assert web_.patches == []


async def test_a_warning_while_planning_is_told(bot: Bot, web_: Scalable) -> None:
    web_.read = warned(scale(3), '299 - "Scale is old"', audit_id="a-1")
    answer = await bot.say(PHRASE)
    assert answer.asides == ["Warning: Scale is old"]
    # It is read to be planned, and once more to be tried.
    assert bot.ledger.lines[-1][2] == ("a-1", "a-1")


def step(name: str, effect: Effect = Effect.CHANGE) -> Patch:
    target = Target("main", "apps", "v1", "deployments", "Deployment", "shop", name, f"uid-{name}")
    return Patch(target, (Operation("add", "/spec/replicas", 1),), effect=effect)


async def two_steps(_scope: Scope, _options: Options) -> Plan:
    names = ("one", "two", "three")
    return Plan("", tuple(map(step, names)), (), tuple(f"{name} done" for name in names))


async def test_steps_are_carried_out_in_turn_and_end_at_the_first_that_fails(
    tmp_path: Path,
) -> None:
    async with rig.bot(tmp_path, catalogue=plans("change", two_steps)) as bot:
        path = "/apis/apps/v1/namespaces/shop/deployments"
        bot.server.on(f"{path}/one", warned({}, audit_id="a-1"))
        bot.server.on(f"{path}/two", body(b"no", {"Audit-Id": "a-2"}, 403))
        answer = await bot.press((await bot.say("change")).proposal.ticket)
        assert answer.text.startswith(
            "one done\n1 of 3 steps were done; not done: deployment.apps/two,"
            " deployment.apps/three.\nError from server (Forbidden)"
        )
        patched = [asked.path for asked in bot.server.asked if asked.changes]
        assert patched == [f"{path}/one", f"{path}/two"]
    assert [line[1:] for line in bot.ledger.lines[-2:]] == [(0, ("a-1",)), (1, ("a-2",))]


async def nothing(_scope: Scope, _options: Options) -> Plan:
    return Plan("", (), (), ("deployment.apps/web unchanged",))


async def test_a_plan_without_a_step_is_done_at_once(tmp_path: Path) -> None:
    async with rig.bot(tmp_path, catalogue=plans("change", nothing)) as bot:
        answer = await bot.say("change")
    assert answer.text == "deployment.apps/web unchanged\n"
    assert answer.code == 0


async def test_a_change_that_is_cancelled_under_way_is_not_told_as_undone(
    bot: Bot, web_: Scalable
) -> None:
    web_.patched, web_.tried = hang, body(scale(5))
    ticket = (await bot.say(PHRASE)).proposal.ticket
    press, answer, before = bot.request(""), Answer(), len(bot.server.asked)
    pressing = asyncio.create_task(bot.engine.confirm(ticket, press, answer))
    await bot.server.heard(before + 2)  # the access review comes first
    await bot.engine.cancel(press.id, ADA)
    assert isinstance(bot.clock, ManualClock)
    await bot.clock.advance(3)
    await pressing
    assert len(web_.patches) == 1
    assert answer.text == "Cancelled. deployment.apps/web may have been changed already.\n"
    assert "before you type the command again" in answer.problem.next_step


async def test_a_change_whose_answer_was_lost_is_looked_for(bot: Bot, web_: Scalable) -> None:
    web_.patched = reset
    answer = await bot.press((await bot.say(PHRASE)).proposal.ticket)
    assert answer.problem.next_step == "Reading shows that nothing was changed: type it again."
    assert len(web_.patches) == 1
