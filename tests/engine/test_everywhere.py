"""One read in every cluster: merged, labelled, and spoiled by no failure."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.access import Audience
from bot.core.errors import QuarterdeckError
from bot.core.reply import Aside, Part, Problem, Table, Text, Verdict
from bot.engine.fanout import Told, listen, merged
from bot.policy.model import Policy
from bot.render.plain import plain_text
from tests.clock import IdleClock
from tests.engine import rig
from tests.engine.rig import LOBBY, POLICY
from tests.engine.test_reading import PODS, TABLE
from tests.kube.server import ApiServer, api_server, body, status

OTHER = {
    "kind": "Table",
    "columnDefinitions": [{"name": "Name"}, {"name": "Node"}, {"name": "Status"}],
    "rows": [{"cells": ["api-1", "n1", "Running"]}],
}


@dataclass
class Pair:
    """A bot on two clusters."""

    bot: rig.Bot
    other: ApiServer

    @property
    def main(self) -> ApiServer:
        return self.bot.server


@pytest_asyncio.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with (
        api_server() as other,
        rig.bot(tmp_path, others={"other": other.url}) as bot,
    ):
        yield Pair(bot, other)


async def test_tables_become_one_with_the_context_first(pair: Pair) -> None:
    pair.main.on(PODS, body(TABLE))
    pair.other.on(PODS, body(OTHER))
    answer = await pair.bot.say("get pods --all-contexts")
    assert answer.text == (
        "CONTEXT   NAME    STATUS    NODE\n"
        "main      web-1   Running   <none>\n"
        "main      web-2   Pending   <none>\n"
        "other     api-1   Running   n1\n"
    )
    [heading] = answer.headings
    assert (heading.context, heading.namespace) == ("main, other", "shop")


async def test_each_is_asked_as_the_person(pair: Pair) -> None:
    for server in (pair.main, pair.other):
        server.on(PODS, body(TABLE))
    await pair.bot.say("get pods --all-contexts", who=rig.VIC)
    for server in (pair.main, pair.other):
        [asked] = server.to(PODS)
        assert asked.all("Impersonate-Group") == ["quarterdeck:viewers"]


async def test_a_cluster_that_fails_is_one_labelled_line(pair: Pair) -> None:
    pair.main.on(PODS, body(TABLE))
    pair.other.on(PODS, status(403, "Forbidden", "pods is forbidden:\n no"))
    answer = await pair.bot.say("get pods --all-contexts")
    assert answer.text == (
        "CONTEXT   NAME    STATUS\nmain      web-1   Running\nmain      web-2   Pending\n"
        "other: Error from server (Forbidden): pods is forbidden: no\n"
    )
    assert answer.code == 1


async def test_a_cluster_that_hangs_ends_by_its_own_deadline() -> None:
    async def hanging() -> AsyncIterator[Table]:
        yield Table("pods", ("NAME",), [("api-1",)])
        await asyncio.Event().wait()

    quick, slow = Told("quick", [Table("pods", ("NAME",), [("web-1",)])]), Told("slow")
    await listen(slow, hanging(), IdleClock(), 30)
    assert plain_text(list(merged([quick, slow]))) == (
        "CONTEXT   NAME\nquick     web-1\nslow      api-1\n"
        "slow: error: timed out waiting for the condition\n"
    )


async def test_other_text_stands_below_the_name_of_its_cluster(pair: Pair) -> None:
    answer = await pair.bot.say("version --client --all-contexts")
    own = (await pair.bot.say("version --client")).text
    assert answer.text == f"==> main <==\n{own}\n==> other <==\n{own}"


async def test_filters_see_what_was_merged(pair: Pair) -> None:
    pair.main.on(PODS, body(TABLE))
    pair.other.on(PODS, body(OTHER))
    answer = await pair.bot.say("get pods --all-contexts | grep other")
    assert answer.text == "other     api-1   Running   n1\n"


async def test_a_context_that_the_policy_does_not_name_is_not_asked(pair: Pair) -> None:
    pair.bot.policies.append(Policy.model_validate({**POLICY, "clusters": {"default": {}}}))
    pair.main.on(PODS, body(TABLE))
    answer = await pair.bot.say("get pods --all-contexts")
    assert (answer.code, pair.other.asked) == (0, [])


async def test_it_is_for_the_person_alone_where_one_cluster_is_not_the_channels(pair: Pair) -> None:
    request = pair.bot.request("get pods --all-contexts")
    assert (await pair.bot.engine.heading(request)).audience is Audience.PERSON
    alone = pair.bot.request("get pods --all-contexts", place=LOBBY)
    assert (await pair.bot.engine.heading(alone)).namespace == "default"


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("scale deploy web --replicas=2 --all-contexts", "error: --all-contexts is refused"),
        ("get pods --context main --all-contexts", "error: --context and --all-contexts"),
        ("get pods -w --all-contexts", "error: --all-contexts waits for each cluster's end"),
        ("use --all-contexts", "error: `use` is the same in every cluster"),
    ],
)
async def test_what_makes_no_sense_everywhere_is_refused(
    pair: Pair, phrase: str, text: str
) -> None:
    answer = await pair.bot.say(phrase)
    assert answer.text.startswith(text)
    assert pair.main.asked == pair.other.asked == []


def test_types_keep_apart_and_asides_are_labelled() -> None:
    def told(context: str) -> Told:
        parts: list[Part] = [
            Verdict("1 of 2 pods is not ready"),
            Table("pods", ("NAME",), [("p",)]),
            Table("services", ("NAME",), [("s",)]),
            Text("text\n"),
            Aside("Warning:\nold"),
            Problem(QuarterdeckError("error: no", next_step="Try.", exit_code=3)),
        ]
        return Told(context, parts)

    parts = list(merged([told("a"), told("b")]))
    assert [part.text for part in parts if isinstance(part, Verdict)] == [
        "a: 1 of 2 pods is not ready",
        "b: 1 of 2 pods is not ready",
    ]
    assert plain_text(parts) == (
        "CONTEXT   NAME\na         p\nb         p\n\n"
        "CONTEXT   NAME\na         s\nb         s\n"
        "==> a <==\ntext\n\n==> b <==\ntext\n"
        "a: Warning: old\na: error: no\nb: Warning: old\nb: error: no\n"
    )
    errors = [part.error for part in parts if isinstance(part, Problem)]
    assert [(error.next_step, error.exit_code) for error in errors] == [("Try.", 3)] * 2


async def test_a_cluster_that_never_ends_is_cut_off_and_says_so() -> None:
    async def endless() -> AsyncIterator[Text]:
        while True:
            yield Text("x" * 1_000_000)

    told = Told("big")
    await listen(told, endless(), IdleClock(), 30)
    assert told.size <= 9_000_000
    [last] = [part for part in told.parts if isinstance(part, Problem)]
    assert last.error.next_step == "Ask it alone, with --context=big"
