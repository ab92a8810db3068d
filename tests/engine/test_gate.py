"""Who may not carry a plan out hears it before the plan is shown, and learns nothing else."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
import pytest_asyncio

from bot.core.command import Effect
from bot.core.errors import ForbiddenError, RefusedError
from bot.core.plan import Operation, Patch, Plan, Target
from bot.core.ports import Scope
from bot.core.proposal import Consent, Jury
from bot.core.reply import Proposal
from bot.core.request import Request, Standing
from tests.engine import rig
from tests.engine.commands import Catalogue, Options, plans
from tests.engine.rig import EVE, POLICY, SCALED, VIC, Answer, Bot
from tests.kube.server import ACCESS_REVIEWS, ApiServer, Play, body, hang, status

SCALE = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
MISSING = "/apis/apps/v1/namespaces/shop/deployments/nope/scale"
PHRASE = "scale deploy/web --replicas=5"
REFUSAL = (
    'error: forbidden: you cannot patch resource "deployments/scale" in API group "apps"'
    ' in the namespace "shop"\n'
)


def scaled(server: ApiServer) -> None:
    metadata = {"name": "web", "uid": "uid-1", "resourceVersion": "7"}
    server.on(SCALE, body({"kind": "Scale", "metadata": metadata, "spec": {"replicas": 3}}))
    text = 'deployments.apps "nope" not found'
    server.on(MISSING, status(404, "NotFound", text))
    server.on("/api/v1/namespaces/shop", body({"kind": "Namespace"}))


def answered(*, allowed: bool) -> Play:
    return body({"status": {"allowed": allowed}})


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with rig.bot(tmp_path) as running:
        scaled(running.server)
        running.server.on(ACCESS_REVIEWS, answered(allowed=False))
        yield running


def patches(bot: Bot) -> int:
    return sum(asked.changes for asked in bot.server.asked)


def specs(bot: Bot) -> list[dict[str, str]]:
    return [
        orjson.loads(asked.body)["spec"]["resourceAttributes"]
        for asked in bot.server.to(ACCESS_REVIEWS)
    ]


async def test_a_refusal_comes_instead_of_the_proposal(bot: Bot) -> None:
    answer = await bot.say(PHRASE)
    assert isinstance(answer.problem, RefusedError)
    assert answer.text == REFUSAL
    assert not any(isinstance(part, Proposal) for part in answer.parts)
    assert patches(bot) == 0


async def test_the_cluster_is_asked_as_the_person_about_the_real_object(bot: Bot) -> None:
    await bot.say(PHRASE, VIC)
    [asked] = bot.server.to(ACCESS_REVIEWS)
    assert asked.all("Impersonate-User") == ["quarterdeck:user"]
    assert asked.all("Impersonate-Group") == ["quarterdeck:viewers"]
    assert specs(bot) == [
        {
            "namespace": "shop",
            "verb": "patch",
            "group": "apps",
            "resource": "deployments",
            "subresource": "scale",
            "name": "web",
        }
    ]


async def test_a_refusal_says_who_grants_the_right(bot: Bot) -> None:
    told = (await bot.say(PHRASE)).problem.next_step
    assert "a RoleBinding in shop to the group quarterdeck:operators" in told
    assert "for the group" not in told
    told = (await bot.say(PHRASE, VIC)).problem.next_step
    assert told == (
        "Ask the bot's admins for the group quarterdeck:operators, and for a RoleBinding in shop"
        " to the group quarterdeck:operators."
    )


async def test_t1_what_is_there_and_what_is_not_are_refused_alike(bot: Bot) -> None:
    there, missing = await bot.say(PHRASE, VIC), await bot.say(PHRASE.replace("web", "nope"), VIC)
    assert (there.text, there.problem.next_step) == (missing.text, missing.problem.next_step)
    assert missing.text == REFUSAL


async def test_who_may_change_it_is_told_that_it_is_not_there(bot: Bot) -> None:
    bot.server.on(ACCESS_REVIEWS, answered(allowed=True))
    answer = await bot.say(PHRASE.replace("web", "nope"))
    assert answer.text == 'Error from server (NotFound): deployments.apps "nope" not found\n'


@pytest.mark.parametrize(
    ("phrase", "path", "right"),
    [
        (
            "expose deploy/nope --port=80",
            "/apis/apps/v1/namespaces/shop/deployments/nope",
            'create resource "services" in API group "" in the namespace "shop"',
        ),
        (
            "autoscale deploy/nope --max=3",
            "/apis/apps/v1/namespaces/shop/deployments/nope/scale",
            'create resource "horizontalpodautoscalers" in API group "autoscaling"'
            ' in the namespace "shop"',
        ),
    ],
    ids=["expose", "autoscale"],
)
async def test_what_is_missing_is_refused_for_a_right_that_there_is(
    bot: Bot, phrase: str, path: str, right: str
) -> None:
    bot.server.on("/api/v1/namespaces/shop", body({"kind": "Namespace"}))
    bot.server.on(path, status(404, "NotFound", 'deployments.apps "nope" not found'))
    bot.server.on(ACCESS_REVIEWS, answered(allowed=False))
    assert (await bot.say(phrase)).text == f"error: forbidden: you cannot {right}\n"


async def test_the_cluster_is_asked_again_at_the_press(bot: Bot) -> None:
    bot.server.on(ACCESS_REVIEWS, answered(allowed=True), answered(allowed=False))
    answer = await bot.press((await bot.say(PHRASE)).proposal.ticket)
    assert isinstance(answer.problem, RefusedError)
    assert answer.text == REFUSAL
    assert patches(bot) == 0


@pytest.mark.parametrize(
    "play",
    [
        status(403, "Forbidden", "selfsubjectaccessreviews is forbidden"),
        status(404, "NotFound", "the server could not find the requested resource"),
    ],
    ids=["forbidden", "unknown"],
)
async def test_where_the_cluster_reviews_nothing_the_real_call_decides(
    bot: Bot, play: Play
) -> None:
    bot.server.on(ACCESS_REVIEWS, play)
    proposal = (await bot.say(PHRASE)).proposal
    bot.server.on(SCALE, status(403, "Forbidden", FORBIDDEN))
    answer = await bot.press(proposal.ticket)
    assert isinstance(answer.problem, ForbiddenError)
    assert patches(bot) == 1


FORBIDDEN = (
    'deployments.apps "web" is forbidden: User "quarterdeck:user" cannot patch resource'
    ' "deployments/scale" in API group "apps" in the namespace "shop"'
)


async def test_a_refusal_of_the_real_call_keeps_kubectls_text_and_says_who_grants_it(
    bot: Bot,
) -> None:
    bot.server.on(ACCESS_REVIEWS, answered(allowed=True))
    proposal = (await bot.say(PHRASE)).proposal
    bot.server.on(SCALE, status(403, "Forbidden", FORBIDDEN))
    answer = await bot.press(proposal.ticket)
    assert answer.text == f"Error from server (Forbidden): {FORBIDDEN}\n"
    assert "a RoleBinding in shop to the group quarterdeck:operators" in answer.problem.next_step


async def test_a_read_that_is_refused_is_guided_too(bot: Bot) -> None:
    text = (
        'pods is forbidden: User "quarterdeck:user" cannot list resource "pods" in API group ""'
        ' in the namespace "ops"'
    )
    bot.server.on("/api/v1/namespaces/ops/pods", status(403, "Forbidden", text))
    answer = await bot.say("get pods -n ops")
    assert answer.text == f"Error from server (Forbidden): {text}\n"
    assert "a RoleBinding in ops to the group quarterdeck:viewers" in answer.problem.next_step


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            'secrets is forbidden: User "u" cannot list resource "secrets" in API group ""'
            ' in the namespace "shop"',
            "No tier has this right: ask the cluster's admins for a RoleBinding in shop.",
        ),
        (
            'nodes is forbidden: User "u" cannot list resource "nodes" in API group ""'
            " at the cluster scope",
            "a ClusterRoleBinding to the group quarterdeck:viewers",
        ),
        ('admission webhook "x" denied the request: no', ""),
    ],
    ids=["no-tier", "cluster", "not-rbac"],
)
async def test_guidance_follows_what_the_api_server_said(bot: Bot, message: str, told: str) -> None:
    bot.server.on("/api/v1/namespaces/shop/secrets", status(403, "Forbidden", message))
    answer = await bot.say("get secrets")
    assert answer.text == f"Error from server (Forbidden): {message}\n"
    assert told in answer.problem.next_step
    assert bool(answer.problem.next_step) == bool(told)


async def test_a_plain_answer_is_kubectls_and_asks_for_nothing_beforehand(bot: Bot) -> None:
    answer = Answer()
    await bot.engine.serve(replace(bot.request(PHRASE), plain=True), answer)
    assert answer.proposal.ticket
    assert bot.server.to(ACCESS_REVIEWS) == []


async def test_a_cluster_that_fails_to_review_shows_no_card(bot: Bot) -> None:
    bot.server.on(ACCESS_REVIEWS, status(500, "InternalError", "etcdserver: request timed out"))
    answer = await bot.say(PHRASE)
    assert answer.text == "Error from server (InternalError): etcdserver: request timed out\n"
    assert not any(isinstance(part, Proposal) for part in answer.parts)


async def test_a_cluster_that_does_not_answer_shows_no_card(tmp_path: Path) -> None:
    async with rig.bot(tmp_path, seconds=0.5) as bot:
        scaled(bot.server)
        bot.server.on(ACCESS_REVIEWS, hang)
        answer = await bot.say(PHRASE)
    assert answer.code == 1
    assert not any(isinstance(part, Proposal) for part in answer.parts)


async def test_where_the_policy_wants_no_confirmation_it_is_done_at_once(tmp_path: Path) -> None:
    gates = [{"namespaces": ["shop"], "effect": "change", "gate": "none"}]
    async with rig.bot(tmp_path, policy={**POLICY, "gates": gates}) as bot:
        scaled(bot.server)
        answer = await bot.say(PHRASE)
        assert answer.text == SCALED.format("web")
        assert patches(bot) == len(specs(bot)) == 1
        bot.server.on(ACCESS_REVIEWS, answered(allowed=False))
        assert (await bot.say(PHRASE)).text == REFUSAL
        assert patches(bot) == 1


class Members:
    """Knows everybody as a member of the workspace."""

    async def introduce(
        self, request: Request, _within: float, _usergroups: Collection[str] = ()
    ) -> Request:
        return replace(request, person=replace(request.person, standing=Standing.MEMBER))


async def test_t20_what_waits_for_approval_is_made_as_its_asker_by_a_named_approvers_press(
    tmp_path: Path,
) -> None:
    gates = [{"namespaces": ["shop"], "effect": "change", "gate": "approve"}]
    approvers = [{"namespaces": ["shop"], "people": ["UVIC"]}]
    policy = {**POLICY, "gates": gates, "approvers": approvers}
    async with rig.bot(tmp_path, policy=policy, acquaintance=Members()) as bot:
        scaled(bot.server)
        ticket = (await bot.say(PHRASE)).proposal.ticket
        own, stranger = await bot.press(ticket), await bot.press(ticket, EVE)
        assert "Somebody else has to approve" in own.text
        assert "not among those who may approve" in stranger.text
        assert patches(bot) == 0
        assert (await bot.press(ticket, VIC)).code == 0
        [patch] = [asked for asked in bot.server.asked if asked.changes]
    assert patch.all("Impersonate-Group") == ["quarterdeck:viewers", "quarterdeck:operators"]


async def test_a_protected_name_is_known_from_the_real_target(tmp_path: Path) -> None:
    catalogue, protected = planning(step("payments")), {"names": ["pay*"]}
    policy = {**POLICY, "protected": protected}
    async with rig.bot(tmp_path, catalogue=catalogue, policy=policy) as bot:
        bot.server.on(ACCESS_REVIEWS, answered(allowed=True))
        case = (await bot.say("change")).proposal.case
    jury = Jury(("UADA", "UVIC"))
    assert (case.proposed.consent, case.proposed.jury) == (Consent.APPROVE, jury)


def step(name: str, namespace: str = "shop") -> Patch:
    target = Target("main", "apps", "v1", "deployments", "Deployment", namespace, name, "uid")
    return Patch(target, (Operation("add", "/spec/replicas", 1),), effect=Effect.CHANGE)


def planning(*steps: Patch) -> Catalogue:
    async def planner(_scope: Scope, _options: Options) -> Plan:
        return Plan("", steps, (), tuple("done" for _ in steps))

    return plans("change", planner)


async def say_plan(folder: Path, steps: Sequence[Patch], play: Play) -> tuple[Bot, Answer]:
    async with rig.bot(folder, catalogue=planning(*steps)) as bot:
        bot.server.on(ACCESS_REVIEWS, play)
        return bot, await bot.say("change")


async def test_the_policy_judges_what_the_plan_really_changes(tmp_path: Path) -> None:
    steps = [step("web"), step("vault", "ops")]
    bot, answer = await say_plan(tmp_path, steps, answered(allowed=True))
    assert "Namespace ops is not changed from this channel" in answer.text
    assert bot.server.to(ACCESS_REVIEWS) == []


async def test_the_same_right_is_asked_for_once(tmp_path: Path) -> None:
    bot, answer = await say_plan(tmp_path, [step("web"), step("web")], answered(allowed=True))
    assert answer.proposal.ticket
    assert len(specs(bot)) == 1


async def test_the_same_right_on_many_objects_is_named_once(tmp_path: Path) -> None:
    bot, answer = await say_plan(tmp_path, [step("one"), step("two")], answered(allowed=False))
    assert [spec["name"] for spec in specs(bot)] == ["one", "two"]
    assert answer.text.count("forbidden") == 1
    assert "one" not in answer.text.split("cannot")[1]
