"""A phrase that reads: answered, filtered, refused, cancelled, timed out, or answered as a bug."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands import Registry
from bot.core.access import Audience
from bot.core.errors import RefusedError, UnreachableError
from bot.core.ports import Heading, Scope
from bot.core.reply import Part, Text
from bot.core.request import Place, Surface
from bot.engine.reading import Phrasebook, Read
from tests.clock import IdleClock
from tests.engine import rig
from tests.engine.commands import Endless, Options, reads
from tests.engine.rig import ADA, EVE, LOBBY, VIC, Answer, Bot
from tests.kube.server import body, hang, pieces, status, warned

PODS = "/api/v1/namespaces/shop/pods"
TABLE = {
    "kind": "Table",
    "columnDefinitions": [
        {"name": "Name", "type": "string", "format": "name"},
        {"name": "Status", "type": "string"},
    ],
    "rows": [{"cells": ["web-1", "Running"]}, {"cells": ["web-2", "Pending"]}],
}
SHOWN = "NAME    STATUS\nweb-1   Running\nweb-2   Pending\n"


def unsealed(heading: Heading) -> Heading:
    return replace(heading, seal="")


async def test_a_phrase_is_asked_of_the_server_as_the_person(bot: Bot) -> None:
    bot.server.on(PODS, body(TABLE))
    request = bot.request("get pods")
    answer = Answer()
    await bot.engine.serve(request, answer)
    assert (answer.text, answer.code) == (SHOWN, 0)
    [heading] = answer.headings
    assert unsealed(heading) == Heading("main", "shop", Audience.CHANNEL, "get pods")
    [asked] = bot.server.to(PODS)
    assert asked.all("Impersonate-Group") == ["quarterdeck:viewers", "quarterdeck:operators"]
    assert asked.all("Impersonate-Extra-quarterdeck.dev%2Fperson") == ["T1/UADA"]
    assert asked.all("Impersonate-Extra-quarterdeck.dev%2Frequest") == [request.id]
    assert f"request {request.id}" in asked.headers["User-Agent"]


async def test_a_stranger_opens_no_answer_and_nothing_is_asked(bot: Bot) -> None:
    answer = await bot.say("get pods", who=EVE)
    assert isinstance(answer.problem, RefusedError)
    assert "UEVE" in answer.text
    assert (answer.headings, answer.code) == ([], 1)
    assert bot.server.asked == []


@pytest.mark.parametrize("phrase", ["gte pods", "get pods --bogus", "exec -it web -- sh", "get 'x"])
async def test_what_cannot_be_read_opens_no_answer(bot: Bot, phrase: str) -> None:
    answer = await bot.say(phrase)
    assert (answer.headings, answer.code) == ([], 1)
    assert answer.problem.text.startswith("error: ")
    assert bot.server.asked == []


def test_what_only_reads_is_remembered_by_its_surface_and_what_changes_is_not(bot: Bot) -> None:
    book = Phrasebook(Registry())

    def read(text: str, place: Place = LOBBY) -> Read:
        return book.read(bot.request(text, place=place))

    dashed = "get pods \u2014n ops"  # as Slack makes it of `-n`; a terminal changes nothing
    first, typed = read(dashed), Place(Surface.TERMINAL)
    assert read(dashed) is first
    assert (read("get pods -n ops"), first.asked.namespace) == (first, "ops")
    assert read(dashed, typed).bound.options.arguments == ("pods", "\u2014n", "ops")
    secret = "create secret generic door --from-literal=code=hunter2"
    changes = read(secret)
    assert (read(secret) is changes, read(secret)) == (False, changes)
    for number in range(100):
        read(f"get pod web-{number}")
    again = read(dashed)
    assert (again is first, again) == (False, first)


async def test_another_namespace_is_for_the_person_alone(bot: Bot) -> None:
    bot.server.on("/api/v1/namespaces/ops/pods", body(TABLE))
    answer = await bot.say("get pods -n ops")
    [heading] = answer.headings
    assert unsealed(heading) == Heading("main", "ops", Audience.PERSON, "get pods -n ops")


async def test_everything_at_once_is_for_the_person_alone(bot: Bot) -> None:
    bot.server.on("/api/v1/pods", body(TABLE))
    answer = await bot.say("get pods -A")
    [heading] = answer.headings
    assert unsealed(heading) == Heading("main", "", Audience.PERSON, "get pods -A")


async def test_an_unbound_place_has_the_contexts_own_namespace(bot: Bot) -> None:
    bot.server.on("/api/v1/namespaces/default/pods", body(TABLE))
    answer = await bot.say("get pods", place=LOBBY)
    assert [(h.namespace, h.audience) for h in answer.headings] == [("default", Audience.PERSON)]


async def test_the_servers_refusal_is_the_persons_answer(bot: Bot) -> None:
    bot.server.on(PODS, status(403, "Forbidden", "pods is forbidden"))
    answer = await bot.say("get pods")
    assert answer.text == "Error from server (Forbidden): pods is forbidden\n"
    assert answer.code == 1


async def test_a_warning_stands_before_what_it_is_about_and_once(bot: Bot) -> None:
    bot.server.on(PODS, warned(TABLE, '299 - "v1 Pod is old"', audit_id="a-1"))
    answer = await bot.say("get pods")
    assert answer.text == "Warning: v1 Pod is old\n" + SHOWN
    assert bot.ledger.lines[0][1:] == (0, ("a-1",))


async def test_the_audit_id_of_a_refusal_is_kept_too(bot: Bot) -> None:
    bot.server.on(PODS, body(b"", {"Audit-Id": "a-9"}, 403))
    await bot.say("get pods")
    assert bot.ledger.lines[0][1:] == (1, ("a-9",))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("get pods | grep Pending", "web-2   Pending\n"),
        ("get pods | grep -v web", "NAME    STATUS\n"),
        ("get pods | head -2 | tail -1", "web-1   Running\n"),
        ("get pods | wc -l", "3\n"),
        ("get pods | grep nothing", ""),
    ],
)
async def test_filters_work_on_the_text_that_would_be_shown(
    bot: Bot, phrase: str, text: str
) -> None:
    bot.server.on(PODS, body(TABLE))
    answer = await bot.say(phrase)
    assert (answer.text, answer.code) == (text, 0)


POD = {
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"containers": [{"name": "app"}, {"name": "side"}]},
}


@pytest.mark.parametrize(
    "phrase", ["logs web -c app -f", "logs web --all-containers -f"], ids=["one", "merged"]
)
async def test_a_followed_log_ends_with_the_lines_that_were_wanted(bot: Bot, phrase: str) -> None:
    gone: list[asyncio.Event] = []

    async def endless(request: object) -> object:
        left = asyncio.Event()
        gone.append(left)
        try:
            return await pieces(b"one\ntwo\nthree\n", then=asyncio.Event())(request)  # type: ignore[arg-type]
        finally:
            left.set()

    bot.server.on(f"{PODS}/web", body(POD))
    bot.server.on(f"{PODS}/web/log", endless)  # type: ignore[arg-type]
    answer = await bot.say(f"{phrase} | head -2")
    assert answer.text == "one\ntwo\n"
    assert answer.code == 0
    for left in gone:
        await left.wait()  # the server is rid of every stream


async def test_a_command_that_takes_too_long_says_so_in_one_sentence(tmp_path: Path) -> None:
    endless = Endless(asyncio.Event(), asyncio.Event())
    async with rig.bot(tmp_path, catalogue=reads("wait", endless), clock=IdleClock()) as bot:
        answer = await bot.say("wait")
        assert bot.clock.monotonic() == 30
    assert answer.text == "first\nerror: timed out waiting for the condition\n"
    assert isinstance(answer.problem, UnreachableError)
    assert answer.code == 1
    assert endless.ended.is_set()


async def test_a_request_that_hangs_is_told_by_the_servers_name(tmp_path: Path) -> None:
    async with rig.bot(tmp_path, seconds=0.2) as bot:
        bot.server.on(PODS, hang)
        answer = await bot.say("get pods")
    host = bot.server.url.removeprefix("http://")
    told = f"Unable to connect to the server: {host} did not answer within"
    assert answer.text.startswith(told)


async def test_a_person_cancels_their_own_request_and_nobody_elses(tmp_path: Path) -> None:
    endless = Endless(asyncio.Event(), asyncio.Event())
    async with rig.bot(tmp_path, catalogue=reads("wait", endless)) as bot:
        request, answer = bot.request("wait"), Answer()
        serving = asyncio.create_task(bot.engine.serve(request, answer))
        await endless.running.wait()
        assert not await bot.engine.cancel(request.id, VIC)
        assert not await bot.engine.cancel("another", ADA)
        assert not endless.ended.is_set()
        assert await bot.engine.cancel(request.id, ADA)
        outcome = await serving
        assert not await bot.engine.cancel(request.id, ADA)
    assert (answer.text, outcome.exit_code) == ("first\nCancelled.\n", 1)
    assert serving.cancelling() == 0
    assert endless.ended.is_set()


async def test_a_request_that_waits_for_the_server_can_be_cancelled(bot: Bot) -> None:
    bot.server.on(PODS, hang)
    request, answer = bot.request("get pods,services"), Answer()
    serving = asyncio.create_task(bot.engine.serve(request, answer))
    await bot.server.heard(3)
    await bot.engine.cancel(request.id, ADA)
    await serving
    assert answer.text == "Cancelled.\n"


async def test_the_end_of_the_process_is_told_and_goes_on(tmp_path: Path) -> None:
    endless = Endless(asyncio.Event(), asyncio.Event())
    async with rig.bot(tmp_path, catalogue=reads("wait", endless)) as bot:
        answer = Answer()
        serving = asyncio.create_task(bot.engine.serve(bot.request("wait"), answer))
        await endless.running.wait()
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
    assert answer.text == "first\nInterrupted: the bot is restarting.\n"
    assert len(answer.outcomes) == 1


async def broken(_scope: Scope, _options: Options) -> AsyncIterator[Part]:
    yield Text("before\n")
    raise KeyError("the secret of the house")


async def test_a_bug_is_answered_with_a_reference_and_told_to_the_journal_alone(
    tmp_path: Path,
) -> None:
    async with rig.bot(tmp_path, catalogue=reads("break", broken)) as bot:
        request, answer = bot.request("break"), Answer()
        outcome = await bot.engine.serve(request, answer)
    assert answer.text.startswith("before\nerror: something is wrong in the bot itself")
    assert request.id in answer.text
    assert request.id in answer.problem.next_step
    assert "secret" not in answer.text + answer.problem.next_step
    assert outcome.exit_code == 1
    assert bot.ledger.bugs == [request.id]


async def test_every_request_is_closed_and_noted_once(bot: Bot) -> None:
    bot.server.on(PODS, body(TABLE))
    answers = [await bot.say(p) for p in ("get pods", "get nope", "bogus", "help")]
    assert [len(answer.outcomes) for answer in answers] == [1] * 4
    assert [code for _, code, _ in bot.ledger.lines] == [0, 1, 1, 0]


async def test_a_direct_message_reads_like_any_other_place(bot: Bot) -> None:
    bot.server.on("/api/v1/namespaces/shop/pods", body(TABLE))
    answer = await bot.say("get pods -n shop", place=Place(Surface.DIRECT, "DADA"))
    assert answer.text == SHOWN
