"""Threats T1, T2, T24 to T26 and T28 and faults F27 and F28, through the wire.

Each is judged by what the API server received: nothing, or the person's own identity.
"""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel, UserFlag
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.workspace import TransportKind
from bot.kube.impersonation import OPEN_PATHS
from bot.slack.manifest import NEWS
from tests.kube.server import body
from tests.slack.opened import MANIFEST
from tests.slack.rig import LOOK_UPS
from tests.stories.small import PHRASE, SCALE, Small, scale, small

PODS = "/api/v1/namespaces/shop/pods"
READ = "/kubectl get pods"
VIEWERS, OPERATORS = "quarterdeck:viewers", "quarterdeck:operators"
TABLE = {
    "kind": "Table",
    "metadata": {"resourceVersion": "1"},
    "columnDefinitions": [{"name": "Name", "type": "string"}],
    "rows": [{"cells": ["vault-0"]}],
}
DEAF: dict[str, Any] = deepcopy(MANIFEST)
DEAF["settings"]["event_subscriptions"]["bot_events"] = [
    event
    for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    if event not in NEWS
]


def ready(story: Small) -> None:
    story.scales(body(scale(5)))
    story.server.on(PODS, body(TABLE))


def sent(story: Small) -> list[tuple[str, Sequence[str]]]:
    """Return as whom the API server was asked for anything that is not open to all."""
    return [
        (asked.headers.get("Impersonate-User", ""), asked.all("Impersonate-Group"))
        for asked in story.server.asked
        if asked.path not in OPEN_PATHS
    ]


async def refused(story: Small, person: Person, channel: Channel, phrase: str) -> SeenMessage:
    """Type it; nothing of it reaches the API server, and nobody else sees the answer."""
    before = len(story.server.asked)
    told = await person.slash(channel, phrase)
    assert len(story.server.asked) == before
    assert told.ephemeral
    assert "vault-0" not in told.plain()
    return told


async def asked_for(story: Small) -> SeenMessage:
    asked = await story.ada.slash(story.shop, PHRASE)
    assert "Confirm" in [button.label for button in asked.buttons]
    return asked


async def test_t1_somebody_without_rights_gets_nothing_and_learns_only_their_own_ids(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        ready(story)
        eve = story.slack.user("eve", email="eve@example.com")
        lobby = story.slack.channel("lobby", members=[eve, story.slack.bot])
        for phrase in (READ, PHRASE, "/kubectl get nope", "/kubectl top pod"):
            shown = (await refused(story, eve, lobby, phrase)).plain()
            assert f"{{slack: {eve.id}, groups:" in shown
            assert f"{lobby.id}: {{namespaces: [NAMESPACE]}}" in shown
            assert 'subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "' in shown
            for hidden in (story.ada.id, story.shop.id, "shop", "eve@example.com", OPERATORS):
                assert hidden not in shown, phrase


async def test_t2_a_stolen_account_confirms_nobody_elses_change(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        eve = story.slack.user("eve")
        entries = [(story.ada, OPERATORS), (eve, OPERATORS)]
        story.governs(people=[{"slack": who.id, "groups": [group]} for who, group in entries])
        async with story.bot():
            ready(story)
            await story.slack.administration.join(story.shop, eve)
            asked = await asked_for(story)
            told = await asked.click("Confirm", by=eve)
            assert told.ephemeral
            await told.until("alone, who asked for it")
            assert story.patches == 0


async def test_t24_a_channel_is_its_id_whatever_it_is_called(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        ready(story)
        lobby = story.slack.channel("lobby", members=[story.ada, story.slack.bot])
        changes = story.slack.administration
        await changes.rename(story.shop, "old-shop")
        await changes.rename(lobby, "shop")
        told = await story.ada.slash(lobby, f"{PHRASE} -n shop")
        assert "is bound to no namespace" in told.plain()
        assert story.patches == 0
        await (await asked_for(story)).click("Confirm")
        assert story.patches == 1


@pytest.mark.parametrize("manifest", [MANIFEST, DEAF], ids=["told", "not-told"])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("share", "shared with another organisation"),
        ("archive", "This channel is archived"),
        ("leave", "I am not in this channel"),
    ],
)
async def test_t24_what_became_of_the_channel_counts_at_the_press(
    tmp_path: Path, transport: TransportKind, change: str, reason: str, manifest: dict[str, Any]
) -> None:
    async with small(tmp_path, transport, manifest) as story, story.bot():
        ready(story)
        asked = await asked_for(story)
        changes = story.slack.administration
        if change == "leave":
            await changes.leave(story.shop, story.slack.bot)
        else:
            await getattr(changes, change)(story.shop)
        story.slack.expect_refusal("chat.postEphemeral", "not_in_channel")
        story.slack.expect_refusal("chat.postEphemeral", "is_archived")
        told = await asked.click("Confirm")
        await told.until(reason)
        assert story.patches == 0


@pytest.mark.parametrize("change", ["share", "archive"])
async def test_t24_a_changed_channel_is_known_within_a_minute_though_nobody_told(
    tmp_path: Path, transport: TransportKind, change: str
) -> None:
    async with small(tmp_path, transport, DEAF) as story, story.bot():
        ready(story)
        await asked_for(story)
        await getattr(story.slack.administration, change)(story.shop)
        await story.clock.sleep(61)
        told = await story.ada.slash(story.shop, PHRASE)
        assert "nothing is changed from here" in told.plain()


async def test_t24_where_another_organisation_reads_along_answers_are_private(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        ready(story)
        assert not (await story.ada.slash(story.shop, READ)).ephemeral
        await story.slack.administration.share(story.shop)
        assert (await story.ada.slash(story.shop, READ)).ephemeral


NOT_MEMBERS: Sequence[UserFlag] = [
    "guest",
    "single_channel_guest",
    "bot",
    "workflow_bot",
    "connector_bot",
]


async def test_t25_guests_and_bots_are_refused_however_the_policy_names_them(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        people = [
            story.slack.user(flag, flags=[flag], groups=["sre"], email=f"{flag}@example.com")
            for flag in NOT_MEMBERS
        ]
        shop = story.slack.channel("shop2", members=[*people, story.slack.bot])
        sre = await story.slack.administration.regroup("sre", people)
        bound = {"groups": [OPERATORS]}
        story.governs(
            channels={shop.id: {"namespaces": ["shop"]}},
            people=[{"slack": one.id, **bound} for one in people],
            usergroups={sre: bound},
            domains={"example.com": bound},
        )
        async with story.bot():
            ready(story)
            for one in people:
                for phrase in (READ, PHRASE):
                    told = await refused(story, one, shop, phrase)
                    assert "are not served here" in told.plain(), (one, phrase)


async def test_t25_people_of_another_organisation_are_refused_before_anything_is_asked(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        out = story.slack.user("out", flags=["foreign"])
        shared = story.slack.channel("both", members=[out, story.slack.bot], shared=True)
        story.governs(people=[{"slack": out.id, "groups": [OPERATORS]}])
        async with story.bot():
            ready(story)
            await refused(story, out, shared, READ)
            told = await out.mention(shared, "get pods")
            assert "I serve only the people of my own workspace." in told.plain()
            assert sent(story) == []


LOOKALIKES: dict[str, tuple[str, tuple[UserFlag, ...]]] = {
    "another-domain": ("eve@other.com", ()),
    "a-subdomain": ("eve@sub.example.com", ()),
    "as-a-prefix": ("eve@example.com.evil.org", ()),
    "homoglyph": ("eve@ex\u0430mple.com", ()),
    "a-sign-that-becomes-a-letter": ("\u212aim@example.com", ()),
    "unconfirmed": ("eve@example.com", ("unconfirmed",)),
    "none": ("", ()),
}


async def test_t25_an_address_that_is_not_surely_of_the_domain_lets_nobody_in(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        people = [
            story.slack.user(name, email=email, flags=flags)
            for name, (email, flags) in LOOKALIKES.items()
        ]
        room = story.slack.channel("room", members=[*people, story.slack.bot])
        story.governs(domains={"example.com": {"groups": [OPERATORS]}})
        async with story.bot():
            ready(story)
            for one in people:
                told = await refused(story, one, room, READ)
                assert "not in this bot's policy" in told.plain(), one


async def test_t25_the_address_of_somebody_elses_entry_lets_nobody_in(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        eve = story.slack.user("eve", email="ADA@example.com")
        room = story.slack.channel("room", members=[eve, story.slack.bot])
        entry = {"slack": story.ada.id, "groups": [OPERATORS], "user": "ada@example.com"}
        story.governs(people=[entry], domains={"example.com": {"groups": [VIEWERS]}})
        async with story.bot():
            ready(story)
            told = await refused(story, eve, room, READ)
            assert "Two entries of the policy may mean you" in told.plain()
            assert story.ada.id not in told.plain()


async def test_t26_in_a_direct_message_one_reads_alone_and_changes_nothing(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        ready(story)
        assert "vault-0" in (await story.ada.dm("get pods -n shop")).plain()
        for told in (
            await story.ada.dm("scale deploy web --replicas=5 -n shop"),
            await story.ada.slash(story.ada.direct_channel(), f"{PHRASE} -n shop"),
        ):
            assert not told.buttons
        assert story.server.to(SCALE) == []


async def test_t28_a_name_is_nobody_whatever_it_looks_like(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        ready(story)
        for name in (story.ada.id, "ada\u200b", "\u0430da", "ada"):
            twin = story.slack.user(name)
            room = story.slack.channel(f"of-{twin.id}", members=[twin, story.slack.bot])
            await refused(story, twin, room, READ)
        assert sent(story) == []


async def test_f27_while_slack_does_not_say_who_asks_reads_go_on_and_changes_do_not(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        ready(story)
        await story.ada.slash(story.shop, READ)
        await story.clock.sleep(61)
        story.slack.fail_next("users.info", status=503, error="service_unavailable")
        refusal = await story.ada.slash(story.shop, PHRASE)
        assert "Slack did not say who you are" in refusal.plain()
        assert story.server.to(SCALE) == []
        assert "vault-0" in (await story.ada.slash(story.shop, READ)).plain()
        await story.clock.sleep(240)
        story.slack.fail_next("users.info", status=503, error="service_unavailable")
        late = await story.ada.slash(story.shop, READ)
        assert "Slack did not say who you are" in late.plain()


async def test_f27_a_press_that_slack_says_nothing_about_changes_nothing(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story, story.bot():
        ready(story)
        asked = await asked_for(story)
        story.slack.fail_next("users.info", status=503, error="service_unavailable")
        told = await asked.click("Confirm")
        await told.until("Slack did not say who you are")
        assert story.patches == 0


@pytest.mark.parametrize("manifest", [MANIFEST, DEAF], ids=["told", "not-told"])
@pytest.mark.parametrize("flag", ["deactivated", "guest"])
async def test_f28_who_was_deactivated_before_the_press_changes_nothing(
    tmp_path: Path, transport: TransportKind, flag: UserFlag, manifest: dict[str, Any]
) -> None:
    async with small(tmp_path, transport, manifest) as story, story.bot():
        ready(story)
        asked = await asked_for(story)
        await story.slack.administration.alter(story.ada, flags=[flag])
        told = await asked.click("Confirm")
        await told.until("not served here")
        assert story.patches == 0


async def test_f28_who_has_left_the_user_group_before_the_press_changes_nothing(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        sre = await story.slack.administration.regroup("sre", [story.ada])
        story.governs(people=[], usergroups={sre: {"groups": [OPERATORS]}})
        async with story.bot():
            ready(story)
            asked = await asked_for(story)
            await story.slack.administration.regroup("sre", [])
            told = await asked.click("Confirm")
            await told.until("not in this bot's policy")
            assert story.patches == 0


GROUPS_MODE, USERS_MODE = "groups", "users"
RULES = [
    pytest.param("entry", [OPERATORS], id="entry"),
    pytest.param("usergroup", [VIEWERS, "team-shop"], id="user-group"),
    pytest.param("domain", [VIEWERS], id="domain"),
]


@pytest.mark.parametrize("mode", [GROUPS_MODE, USERS_MODE])
@pytest.mark.parametrize(("rule", "groups"), RULES)
async def test_each_rule_sends_its_own_identity_and_no_more(
    tmp_path: Path, transport: TransportKind, rule: str, groups: list[str], mode: str
) -> None:
    async with small(tmp_path, transport) as story:
        vic = story.slack.user("vic", email="Vic@Example.com")
        room = story.slack.channel("room", members=[vic, story.slack.bot])
        named = [vic] if rule == "usergroup" else []
        team = await story.slack.administration.regroup("team", named)
        entry = {"slack": vic.id, "groups": [OPERATORS], "user": "vic@example.com"}
        story.governs(
            clusters={"default": {"mode": mode}},
            channels={room.id: {"namespaces": ["shop"]}},
            people=[entry] if rule == "entry" else [],
            usergroups={team: {"groups": [VIEWERS, "team-shop"]}},
            domains={"example.com": {"groups": [VIEWERS]}},
        )
        async with story.bot():
            ready(story)
            assert "vault-0" in (await vic.slash(room, READ)).plain()
            user = "quarterdeck:user" if mode == GROUPS_MODE else "vic@example.com"
            assert {(name, tuple(given)) for name, given in sent(story)} == {(user, tuple(groups))}
            extras = {
                one.headers.get("Impersonate-Extra-quarterdeck.dev%2Fperson")
                for one in story.server.to(PODS)
            }
            assert extras == {f"{story.slack.team}/{vic.id}"}


@pytest.mark.parametrize("scope", ["usergroups:read", "users:read.email"])
async def test_without_an_optional_scope_rules_of_its_sort_match_nobody(
    tmp_path: Path, transport: TransportKind, scope: str
) -> None:
    manifest = deepcopy(MANIFEST)
    manifest["oauth_config"]["scopes"]["bot"].remove(scope)
    async with small(tmp_path, transport, manifest) as story:
        vic = story.slack.user("vic", email="vic@example.com")
        room = story.slack.channel("room", members=[vic, story.ada, story.slack.bot])
        team = await story.slack.administration.regroup("team", [vic])
        bound = {"groups": [OPERATORS]}
        if scope == "usergroups:read":
            story.governs(usergroups={team: bound})
        else:
            story.governs(domains={"example.com": bound})
        async with story.bot():
            ready(story)
            await refused(story, vic, room, READ)
            assert "vault-0" in (await story.ada.slash(story.shop, READ)).plain()


async def test_people_and_channels_are_looked_up_once_for_many_reads_and_anew_for_a_press(
    tmp_path: Path, transport: TransportKind
) -> None:
    async with small(tmp_path, transport) as story:
        sre = await story.slack.administration.regroup("sre", [story.ada])
        story.governs(people=[], usergroups={sre: {"groups": [OPERATORS]}})
        async with story.bot():
            ready(story)
            for _ in range(5):
                await story.ada.slash(story.shop, READ)
            asked = await asked_for(story)
            assert looked_up(story) == sorted(LOOK_UPS)
            await asked.click("Confirm")
            assert story.patches == 1
            assert looked_up(story) == sorted([*LOOK_UPS, *LOOK_UPS])


def looked_up(story: Small) -> list[str]:
    return sorted(call.method for call in story.slack.wire.calls if call.method in LOOK_UPS)
