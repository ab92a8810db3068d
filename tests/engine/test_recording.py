"""What the record is told of each request, and what waits until it has been told."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.audit import Entry, File, Happening, Wanted
from bot.core.command import Effect
from bot.core.plan import Create, Patch, Plan, Target, dump_plan
from bot.core.ports import JsonObject
from bot.core.request import Attachment, Person, Request
from bot.engine.recording import fingerprint, must_be_recorded, planned
from bot.policy.model import Policy
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.commands import Endless, reads
from tests.engine.rig import ADA, EVE, SHOP, VIC, Answer, Bot
from tests.engine.test_changing import FAILED_TEST, PHRASE, Scalable, scale
from tests.engine.test_reading import PODS, TABLE
from tests.kube.server import Play, api_server, body, hang, reset, status, warned

GONE = "The store is full."


@pytest.fixture
def web_(bot: Bot) -> Scalable:
    return Scalable(bot)


def told(bot: Bot) -> list[str]:
    return [str(entry.happening) for entry in bot.ledger.entries]


def last(bot: Bot) -> Entry:
    return bot.ledger.entries[-1]


async def test_a_read_is_recorded_once_with_whom_it_was_asked_as(bot: Bot) -> None:
    bot.server.on(PODS, warned(TABLE, audit_id="a-1"))
    await bot.say("get  po")
    [entry] = bot.ledger.entries
    assert (entry.happening, entry.phrase, entry.canonical) == ("served", "get  po", "get po")
    assert entry.who
    assert (entry.who.person, entry.who.user) == (ADA.key, "quarterdeck:user")
    assert entry.who.groups == ("quarterdeck:viewers", "quarterdeck:operators")
    assert (entry.where.channel, entry.where.context, entry.where.namespace) == (
        "CSHOP",
        "main",
        "shop",
    )
    [call] = entry.calls
    assert (call.audit_id, call.verb, call.resource, call.namespace, call.code) == (
        "a-1",
        "list",
        "pods",
        "shop",
        200,
    )


async def test_the_servers_refusal_is_recorded_in_its_words(bot: Bot) -> None:
    bot.server.on(PODS, status(403, "Forbidden", "pods is forbidden"))
    await bot.say("get pods")
    [entry] = bot.ledger.entries
    assert entry.happening is Happening.SERVED
    assert entry.result
    assert (entry.result.exit_code, entry.result.code) == (1, 403)
    assert entry.result.reason == "Forbidden"


@pytest.mark.parametrize(
    ("phrase", "who"), [("get pods", EVE), ("gte pods", ADA), ("scale deploy web", EVE)]
)
async def test_what_is_refused_is_recorded_with_its_reason_and_nothing_is_sent(
    bot: Bot, phrase: str, who: Person
) -> None:
    answer = await bot.say(phrase, who)
    [entry] = bot.ledger.entries
    assert entry.happening is Happening.REFUSED
    assert entry.result
    assert entry.result.text == answer.problem.text
    assert entry.who
    assert entry.who.person == who.key
    assert (entry.calls, bot.server.asked) == ((), [])


async def test_a_change_is_recorded_as_shown_before_it_is_sent_and_after(
    bot: Bot, web_: Scalable
) -> None:
    seen: list[list[str]] = []

    async def patched(request: web.BaseRequest) -> web.StreamResponse:
        if "dryRun" not in request.query_string:
            seen.append(told(bot))
        return await warned(scale(5), audit_id="a-7")(request)

    web_.patched = patched
    proposal = (await bot.say(PHRASE)).proposal
    await bot.press(proposal.ticket)
    assert seen == [["proposed", "intent"]]
    assert told(bot) == ["proposed", "intent", "outcome"]
    shown, intent, outcome = bot.ledger.entries
    digest = hashlib.sha256(dump_plan(proposal.plan)).hexdigest()
    plans = [entry.plan for entry in (shown, intent, outcome) if entry.plan]
    assert [plan.digest for plan in plans] == [digest] * 3
    assert {plan.ticket for plan in plans} == {fingerprint(proposal.ticket)}
    [aim] = plans[0].targets
    assert (aim.resource, aim.namespace, aim.name, aim.uid) == (
        "deployments.apps/scale",
        "shop",
        "web",
        "uid-1",
    )
    assert outcome.result
    assert (outcome.result.exit_code, outcome.request) == (0, intent.request)
    assert [call.audit_id for call in outcome.calls] == ["a-7"]
    assert proposal.ticket not in str(bot.ledger.entries)


@pytest.mark.parametrize(
    ("play", "code", "reason"),
    [
        (status(403, "Forbidden", "no"), 403, "Forbidden"),
        (status(409, "Conflict", "changed"), 409, "Conflict"),
        (FAILED_TEST, 422, "Invalid"),
        (reset, None, ""),
    ],
    ids=["forbidden", "conflict", "superseded", "lost"],
)
async def test_a_change_that_fails_has_its_outcome_too(
    bot: Bot, web_: Scalable, play: Play, code: int | None, reason: str
) -> None:
    web_.patched = play
    await bot.press((await bot.say(PHRASE)).proposal.ticket)
    assert told(bot)[1:] == ["intent", "outcome"]
    result = last(bot).result
    assert result
    assert (result.exit_code, result.code, result.reason) == (1, code, reason)
    assert result.text


async def test_a_change_that_was_cancelled_under_way_has_its_outcome_too(
    bot: Bot, web_: Scalable
) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    web_.patched, web_.tried = hang, body(scale(5))
    request = bot.request("")
    task = asyncio.create_task(bot.engine.confirm(proposal.ticket, request, Answer()))
    await bot.server.heard(len(bot.server.asked) + 2)  # whether it may be, and the change itself
    await bot.engine.cancel(request.id, ADA)
    assert isinstance(bot.clock, ManualClock)
    await bot.clock.advance(3)
    await task
    assert told(bot) == ["proposed", "intent", "outcome"]
    result = last(bot).result
    assert result
    assert "not known how this ended" in result.text


async def test_presses_that_take_nothing_are_recorded(bot: Bot, web_: Scalable) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    await bot.press(proposal.ticket, VIC)
    who = last(bot).who
    assert who
    assert (told(bot)[-1], who.person) == ("refused", VIC.key)
    await bot.engine.withdraw(proposal.ticket, bot.request(""), Answer())
    assert told(bot)[-1] == "withdrawn"
    plan = last(bot).plan
    assert plan
    assert plan.ticket == fingerprint(proposal.ticket)
    await bot.press(proposal.ticket)
    assert told(bot)[-1] == "refused"
    assert web_.patches == []


async def test_without_a_record_nothing_is_sent_and_reads_go_on(bot: Bot, web_: Scalable) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    bot.ledger.broken = GONE
    refused = await bot.press(proposal.ticket)
    assert refused.problem.text == (
        f"error: nothing was changed, because it cannot be recorded: {GONE}"
    )
    assert "Reads still work" in refused.problem.next_step
    assert web_.patches == []
    bot.server.on(PODS, body(TABLE))
    assert (await bot.say("get pods")).code == 0


async def test_a_change_that_was_done_and_not_recorded_is_told_so(bot: Bot, web_: Scalable) -> None:
    proposal = (await bot.say(PHRASE)).proposal

    async def patched(request: web.BaseRequest) -> web.StreamResponse:
        bot.ledger.broken = GONE
        return await body(scale(5))(request)

    web_.patched = patched
    done = await bot.press(proposal.ticket)
    assert done.asides == [
        f"This was done, and that could not be recorded: {GONE} Tell the bot's admins."
    ]
    assert "deployment.apps/web scaled" in done.text


async def test_a_trial_run_needs_no_record_before_it(bot: Bot, web_: Scalable) -> None:
    web_.patched = warned(scale(5), audit_id="a-3")
    await bot.say(f"{PHRASE} --dry-run=server")
    [entry] = bot.ledger.entries
    assert entry.happening is Happening.SERVED
    assert [(call.verb, call.audit_id) for call in entry.calls if call.audit_id] == [
        ("patch", "a-3")
    ]


@pytest.mark.parametrize(
    ("effect", "dry_run", "needed"),
    [
        (Effect.READ, False, False),
        (Effect.CHANGE, False, True),
        (Effect.CHANGE, True, False),
        (Effect.ENTER, False, True),
        (Effect.DESTROY, False, True),
    ],
)
def test_what_changes_something_must_be_recorded_first(
    effect: Effect, dry_run: bool, needed: bool
) -> None:
    target = Target("main", "apps", "v1", "deployments", "Deployment", "shop", "web", "u")
    assert must_be_recorded(Patch(target, (), effect=effect, dry_run=dry_run)) is needed


async def test_a_read_in_every_cluster_is_recorded_for_each(tmp_path: Path) -> None:
    async with api_server() as other, rig.bot(tmp_path, others={"other": other.url}) as bot:
        bot.server.on(PODS, warned(TABLE, audit_id="a-1"))
        other.on(PODS, warned(TABLE, audit_id="b-1"))
        await bot.say("get pods -n shop --all-contexts")
        found = {entry.where.context: [call.audit_id for call in entry.calls]
                 for entry in bot.ledger.entries}  # fmt: skip
        assert found == {"main": ["a-1"], "other": ["b-1"]}


async def test_what_is_interrupted_is_recorded(tmp_path: Path) -> None:
    running = asyncio.Event()
    endless = Endless(running, asyncio.Event())
    async with rig.bot(tmp_path, catalogue=reads("follow", endless)) as bot:
        task = asyncio.create_task(bot.say("follow"))
        await running.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert told(bot) == ["served"]
        result = last(bot).result
        assert result
        assert result.text == "Interrupted: the bot is restarting."


async def test_of_a_file_the_name_and_the_size_are_recorded_and_nothing_that_is_in_it(
    bot: Bot,
) -> None:
    request = Request(
        "r-1", ADA, SHOP, "apply -f s.yaml", bot.clock.now(), (Attachment("s.yaml", b"hunter2"),)
    )
    await bot.engine.serve(request, Answer())
    assert last(bot).files == (File("s.yaml", 7),)
    assert "hunter2" not in str(bot.ledger.entries)


async def test_what_was_not_pressed_in_time_is_recorded(bot: Bot, web_: Scalable) -> None:
    proposal = (await bot.say(PHRASE)).proposal
    assert web_.patches == []

    assert isinstance(bot.clock, ManualClock)
    await bot.clock.advance(901)
    await bot.minder.look()
    entry = last(bot)
    assert (entry.happening, entry.canonical, entry.where.channel) == ("expired", PHRASE, "CSHOP")
    assert entry.who
    assert entry.who.person == ADA.key
    assert entry.plan
    assert entry.plan.ticket == fingerprint(proposal.ticket)


async def test_everybody_sees_their_own_records_and_nobody_elses(bot: Bot) -> None:
    await bot.say("version", VIC)
    await bot.say("help")
    answer = await bot.say("audit")
    assert "help" in answer.text
    assert "version" not in answer.text
    assert answer.headings[0].audience == "person"


@pytest.mark.parametrize("flag", ["--everyone", "--person=UVIC"])
async def test_others_records_are_for_the_bots_admins(bot: Bot, flag: str) -> None:
    await bot.say("version", VIC)
    refused = await bot.say(f"audit {flag}")
    assert refused.problem.text == "Everybody's records are for members of quarterdeck:admins."
    assert told(bot)[-1] == "refused"
    policy = {**rig.POLICY, "people": [{"slack": "UADA", "groups": ["quarterdeck:admins"]}]}
    bot.policies.append(Policy.model_validate(policy))
    assert "version" in (await bot.say("audit --everyone")).text


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("audit pods", "audit takes flags alone"),
        ("audit --limit 0", "--limit is a number from 1 to 500"),
    ],
)
async def test_a_wrong_search_is_told(bot: Bot, phrase: str, text: str) -> None:
    assert text in (await bot.say(phrase)).text


async def test_where_nothing_is_found_that_is_said(bot: Bot) -> None:
    assert (await bot.say("audit")).text == "No records.\n"


async def test_a_search_says_what_was_typed(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Wanted] = []

    async def search(wanted: Wanted) -> list[JsonObject]:
        asked.append(wanted)
        return []

    monkeypatch.setattr(bot.ledger, "search", search)
    await bot.say("audit -n ops --channel C1 --text scale --request r-1 --since 24h --limit 3")
    [wanted] = asked
    assert (wanted.person, wanted.namespace, wanted.channel) == (ADA.key, "ops", "C1")
    assert (wanted.text, wanted.request, wanted.limit) == ("scale", "r-1", 3)
    assert wanted.since
    assert (bot.clock.now() - wanted.since).total_seconds() == 86_400


async def test_an_answer_that_is_shown_to_its_place_is_recorded(bot: Bot) -> None:
    await bot.engine.shared(bot.request("get pods -n ops"))
    entry = last(bot)
    assert (entry.happening, entry.canonical) == ("shared", "get pods -n ops")
    assert (entry.where.channel, entry.where.namespace) == ("CSHOP", "ops")
    assert entry.who
    assert entry.who.user == "quarterdeck:user"
    assert bot.server.asked == []


def test_of_a_plan_that_holds_a_secret_no_value_can_be_tried_out() -> None:
    target = Target("main", "", "v1", "secrets", "Secret", "shop", "login", "")
    plan = Plan("create secret", (Create(target, '{"data": {"pin": "MTIz"}}'),), (), ("",))
    known = hashlib.sha256(dump_plan(plan)).hexdigest()
    digests = {planned(plan, plan.steps, ticket).digest for ticket in ("", "one", "other")}
    assert len(digests) == 3
    assert known not in digests
    assert planned(plan, plan.steps, "one").digest in digests
