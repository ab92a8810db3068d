"""What is frozen or locked is changed by nobody, and whoever is stopped reads by whom and why."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.audit import Happening
from bot.core.errors import RefusedError, UsageError
from bot.core.reply import Table
from bot.grammar.holding import LONGEST_REASON
from bot.policy.model import Policy
from bot.terminal import open_terminal
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.rig import POLICY, VIC, Bot
from tests.engine.test_gate import PHRASE, answered, scaled
from tests.kube.files import kubeconfig
from tests.kube.server import ACCESS_REVIEWS, body, status

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with rig.bot(tmp_path) as running:
        scaled(running.server)
        running.server.on(ACCESS_REVIEWS, answered(allowed=True))
        running.server.on("/api/v1/namespaces/shop", body({"kind": "Namespace"}))
        running.server.on(WEB, body({"kind": "Deployment"}))
        yield running


def rows(answer: rig.Answer) -> list[tuple[str, ...]]:
    [table] = [part for part in answer.parts if isinstance(part, Table)]
    return [tuple(row) for row in table.rows]


async def test_a_frozen_namespace_is_changed_by_nobody_who_then_reads_why(bot: Bot) -> None:
    frozen = await bot.say('freeze shop --for 2h --reason "release of 2.4"', VIC)
    assert frozen.text == (
        "namespace/shop frozen until 2026-01-01 14:00 UTC,"
        " but for no longer than this process lasts: release of 2.4\n"
    )
    refused = await bot.say(PHRASE)
    assert isinstance(refused.problem, RefusedError)
    assert "Namespace shop is frozen by T1/UVIC until 2026-01-01 14:00 UTC" in refused.text
    assert "release of 2.4" in refused.text
    assert [one.happening for one in bot.ledger.entries][:1] == [Happening.HELD]


async def test_a_freeze_stops_what_was_proposed_before_and_ends_by_hand(bot: Bot) -> None:
    ticket = (await bot.say(PHRASE)).proposal.ticket
    await bot.say("freeze shop --reason INC-1")
    assert "is frozen by" in (await bot.press(ticket)).text
    assert (await bot.say("unfreeze shop")).text == "namespace/shop unfrozen\n"
    assert (await bot.say("unfreeze shop")).text == "namespace/shop was not frozen\n"
    assert (await bot.say(PHRASE)).proposal.ticket != ticket


WEEKLY = [{"namespaces": ["sh*"], "days": ["thu"], "to": "18:00", "reason": "stock-taking"}]


async def test_the_policys_calendar_holds_and_is_listed_and_nobody_lifts_it(bot: Bot) -> None:
    # The clock stands at noon of a Thursday.
    bot.policies.append(Policy.model_validate({**POLICY, "freezes": WEEKLY}))
    refused = await bot.say(PHRASE)
    assert refused.problem.text == (
        "Namespace shop is frozen by the policy until 2026-01-01 18:00 UTC: stock-taking."
    )
    assert refused.problem.next_step == "See `freezes`."
    assert (await bot.say("unfreeze shop")).text == "namespace/shop was not frozen\n"
    [row] = rows(await bot.say("freezes"))
    assert row == (
        *("*", "sh*", "<all>", "the policy", "<weekly>", "6h"),
        "stock-taking (thu 00:00-18:00 UTC)",
    )
    assert isinstance(bot.clock, ManualClock)
    await bot.clock.advance(6 * 3600)
    assert rows(await bot.say("freezes"))[0][5] == "<not now>"
    assert (await bot.say(PHRASE)).code == 0


async def test_a_calendar_stops_what_was_proposed_before_it_began(bot: Bot) -> None:
    ticket = (await bot.say(PHRASE)).proposal.ticket
    bot.policies.append(Policy.model_validate({**POLICY, "freezes": WEEKLY}))
    assert "is frozen by the policy until" in (await bot.press(ticket)).text


async def test_who_is_on_call_passes_the_calendar(bot: Bot) -> None:
    on_call = [{"people": ["UADA"]}]
    policy = {**POLICY, "freezes": WEEKLY, "on_call": on_call}
    bot.policies.append(Policy.model_validate(policy))
    assert "stock-taking" in (await bot.say(PHRASE)).proposal.case.proposed.held


async def test_a_lock_is_about_one_object_whatever_its_type_is_called(bot: Bot) -> None:
    locked = await bot.say("lock deploy web --reason INC-2")
    assert locked.text.startswith("deployments.apps/web locked until somebody lifts it")
    assert "deployments.apps/web is locked by" in (await bot.say(PHRASE)).text
    assert (await bot.say("unlock deployment.apps/web")).text == "deployments.apps/web unlocked\n"
    assert (await bot.say("unlock deploy/web")).text == "deployments.apps/web was not locked\n"


async def test_everything_that_is_held_is_listed(bot: Bot) -> None:
    assert (await bot.say("freezes")).text == "Nothing is frozen or locked.\n"
    await bot.say("freeze shop --for 90m --reason INC-1")
    await bot.say("lock deploy/web --reason INC-2")
    assert rows(await bot.say("freezes")) == [
        ("main", "shop", "<all>", "T1/UADA", "0s", "90m", "INC-1"),
        ("main", "shop", "deployments.apps/web", "T1/UADA", "0s", "<never>", "INC-2"),
    ]


@pytest.mark.parametrize("phrase", ["freeze shop --reason x", "unfreeze shop", "unlock deploy/web"])
async def test_whoever_approves_nothing_there_holds_and_lifts_nothing(
    tmp_path: Path, phrase: str
) -> None:
    async with rig.bot(tmp_path, policy={**POLICY, "approvers": []}) as bot:
        bot.server.on("/api/v1/namespaces/shop", body({"kind": "Namespace"}))
        answer = await bot.say(phrase)
    assert isinstance(answer.problem, RefusedError)
    assert "You may not freeze or lock anything in shop." in answer.text


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("freeze", "freeze takes one namespace, and none is named"),
        ("freeze shop --reason release of 2.4", "takes one namespace, and 3 words stand here"),
        ("freeze prod/shop --reason x", '"prod/shop" cannot be the name of a namespace'),
        ("freeze shop", "there is no --reason"),
        ('freeze shop --reason " "', "there is no --reason"),
        (f"freeze shop --reason {'x' * (LONGEST_REASON + 1)}", "301 characters of at most 300"),
        ("freeze shop --reason x --for 0s", "--for is a time between 1m and 720h"),
        ("freeze shop --reason x --for=-1h", "--for is a time between 1m and 720h"),
        ("freeze shop --reason x --for 721h", "--for is a time between 1m and 720h"),
        ("freeze shop --reason x --for 2d", 'invalid argument "2d" for "--for" flag'),
        ("unfreeze", "unfreeze takes one namespace"),
        ("lock deploy --reason x", "lock takes an object, and none is named"),
        ("lock deploy/web", "there is no --reason"),
        ("unlock deploy", "unlock takes an object, and none is named"),
        ("freezes shop", "freezes lists everything and takes no words"),
        ("approvals shop", "approvals lists everything and takes no words"),
    ],
)
async def test_what_cannot_be_meant_is_answered_with_one_sentence(
    bot: Bot, phrase: str, says: str
) -> None:
    answer = await bot.say(phrase)
    assert isinstance(answer.problem, UsageError)
    assert says in answer.text
    assert holds_nothing(await bot.say("freezes"))


def holds_nothing(answer: rig.Answer) -> bool:
    return answer.text == "Nothing is frozen or locked.\n"


async def test_what_is_not_there_is_not_frozen_and_not_locked(bot: Bot) -> None:
    gone = status(404, "NotFound", 'namespaces "shpo" not found')
    bot.server.on("/api/v1/namespaces/shpo", gone)
    missing = status(404, "NotFound", 'deployments.apps "wbe" not found')
    bot.server.on(WEB.replace("web", "wbe"), missing)
    assert 'namespaces "shpo" not found' in (await bot.say("freeze shpo --reason x")).text
    assert 'deployments.apps "wbe" not found' in (await bot.say("lock deploy/wbe --reason x")).text
    assert holds_nothing(await bot.say("freezes"))


async def test_an_approver_who_may_not_look_freezes_all_the_same(bot: Bot) -> None:
    bot.server.on("/api/v1/namespaces/shop", status(403, "Forbidden", "no"))
    assert (await bot.say("freeze shop --reason INC-1", VIC)).code == 0


async def test_what_waits_is_listed_with_what_it_needs(tmp_path: Path) -> None:
    gates = {"gates": [{"namespaces": ["shop"], "gate": "approve-two"}]}
    async with rig.bot(tmp_path, policy={**POLICY, **gates}) as bot:
        scaled(bot.server)
        bot.server.on(ACCESS_REVIEWS, answered(allowed=True))
        assert (await bot.say("approvals")).text == "Nothing waits for approval, here or for you.\n"
        await bot.say(PHRASE)
        bot.policies.append(bot.policies[0].model_copy(update={"gates": ()}))
        await bot.say(PHRASE)
        listed = rows(await bot.say("approvals", VIC))
    phrase = "scale deploy/web --replicas=5"
    two = "2 approvals of UADA, UVIC"
    assert listed == [
        ("0s", "T1/UADA", "main/shop", phrase, two, "60m"),
        ("0s", "T1/UADA", "main/shop", phrase, "confirmation", "15m"),
    ]


async def test_what_waits_for_a_named_approver_is_listed_to_them_elsewhere_too(
    tmp_path: Path,
) -> None:
    gates = {"gates": [{"namespaces": ["shop"], "gate": "approve"}]}
    async with rig.bot(tmp_path, policy={**POLICY, **gates}) as bot:
        scaled(bot.server)
        bot.server.on(ACCESS_REVIEWS, answered(allowed=True))
        await bot.say(PHRASE)
        assert len(rows(await bot.say("approvals", VIC, rig.LOBBY))) == 1


async def test_a_terminal_says_that_its_freeze_lasts_no_longer_than_itself(
    bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = kubeconfig(tmp_path / "own", bot.server.url, name="main")
    async with open_terminal(str(config)) as terminal:
        assert await terminal.run("freeze shop --reason INC-1", yes=True) == 0
    assert "for no longer than this process lasts: INC-1" in capsys.readouterr().out
