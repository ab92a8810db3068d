"""`help`, `version` and `cluster-info`, and where `scale` says no."""

from dataclasses import replace
from typing import Any

import pytest

from bot import __version__
from bot.commands import Registry
from bot.core.command import Family
from bot.core.plan import Patch
from tests.engine.rig import Answer, Bot
from tests.every import every
from tests.kube.server import body

PHRASES = Registry().phrases()


async def test_help_lists_every_command(bot: Bot) -> None:
    listed = await _listed(bot, "help")
    assert listed.pop(listed.index("prom")) not in PHRASES
    metrics = (await _listed(bot, "help prom"))[: len(PHRASES) - len(listed)]
    assert sorted(listed + metrics) == list(PHRASES)


async def _listed(bot: Bot, phrase: str) -> list[str]:
    text = (await bot.say(phrase)).text
    return [line.split("  ")[1] for line in text.splitlines() if line.startswith("  ")]


@every("phrase", PHRASES)
async def test_each_command_has_a_page_with_its_examples_and_flags(bot: Bot, phrase: str) -> None:
    command = Registry().load(phrase)
    text = (await bot.say(f"help {phrase}")).text
    assert text == (await bot.say(f"{phrase} --help")).text
    for wanted in (command.summary, *command.examples, f"Usage:\n  {phrase}"):
        assert wanted in text


@pytest.mark.parametrize("typed", ["prom", "prom help", "prom --help", "help prom"])
async def test_the_family_says_what_can_be_typed(bot: Bot, typed: str) -> None:
    answer = await bot.say(typed)
    assert answer.code == 0
    lines = answer.text.splitlines()
    for command in Registry().all():
        if command.family is Family.PROM:
            assert any(line.split("  ")[1:2] == [command.phrase] for line in lines)
            assert f"  {command.examples[0]}" in lines


@pytest.mark.parametrize("family", ["kubectl", "deck"])
async def test_the_other_families_are_listed_likewise(bot: Bot, family: str) -> None:
    text = (await bot.say(f"help {family}")).text
    shown = {line.split("  ")[1] for line in text.splitlines() if line.startswith("  ")}
    assert shown == {c.phrase for c in Registry().all() if c.family == family}


@pytest.mark.parametrize("typed", ["help rollout", "rollout --help", "rollout -h"])
async def test_a_word_that_begins_several_commands_lists_them(bot: Bot, typed: str) -> None:
    answer = await bot.say(typed)
    assert answer.code == 0
    for phrase in (phrase for phrase in PHRASES if phrase.startswith("rollout ")):
        command = Registry().load(phrase)
        assert command.summary in answer.text
        assert f"  {command.examples[0]}\n" in answer.text


@pytest.mark.parametrize(
    ("typed", "step"),
    [
        ("gett", "Did you mean `help get`?"),
        ("rollout statsu", "Did you mean `help rollout status`?"),
        ("frobnicate", "`help` lists them all."),
    ],
)
async def test_help_for_a_typo_names_the_page_that_was_meant(
    bot: Bot, typed: str, step: str
) -> None:
    assert (await bot.say(f"help {typed}")).problem.next_step == step


@pytest.mark.parametrize("phrase", ["rollout restart", "rollout undo", "rollout status"])
async def test_what_lacks_an_object_is_answered_with_the_whole_phrase(
    bot: Bot, phrase: str
) -> None:
    assert (await bot.say(phrase)).problem.next_step == f"Such as `{phrase} deploy/web`."


async def test_help_for_nothing_known_is_an_error(bot: Bot) -> None:
    answer = await bot.say("help frobnicate")
    assert answer.text == 'error: unknown command "frobnicate"\n'


async def test_versions_of_both(bot: Bot) -> None:
    answer = await bot.say("version")
    assert answer.text == (
        f"Client Version: v{__version__} (quarterdeck)\nServer Version: v1.37.2\n"
    )


async def test_the_clients_version_asks_nobody(bot: Bot) -> None:
    assert f"v{__version__}" in (await bot.say("version --client")).text
    assert bot.server.asked == []


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("version web", "error: extra arguments: [web]\n"),
        ("version -o table", "error: --output must be 'yaml' or 'json'\n"),
    ],
)
async def test_version_takes_nothing_else(bot: Bot, phrase: str, text: str) -> None:
    assert (await bot.say(phrase)).text == text


def service(name: str, *ports: dict[str, Any], **status: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "kube-system", "labels": {"kubernetes.io/name": "DNS"}}
    return {"metadata": metadata, "spec": {"ports": list(ports)}, "status": status}


BALANCED = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}


_DUMP = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"


# What is refused here is named to a script alone.
@pytest.mark.parametrize("plain", [True, False], ids=["plain", "shown"])
@pytest.mark.parametrize(
    ("item", "address"),
    [
        (service("dns", {"port": 53, "name": "dns"}), "{proxy}/dns:dns/proxy"),
        (service("dash", {"port": 443}), "{proxy}/https:dash:/proxy"),
        (service("dash", {"port": 1, "name": "https"}), "{proxy}/https:dash:https/proxy"),
        (service("bare", {"port": 80}), "{proxy}/bare/proxy"),
        (service("none"), "{proxy}/none/proxy"),
        (service("far", {"port": 80}, {"port": 81}, **BALANCED), None),
    ],
    ids=["named", "443", "https", "unnamed", "no-port", "balanced"],
)
async def test_a_marked_service_has_its_address(
    bot: Bot, item: dict[str, Any], address: str | None, plain: bool
) -> None:
    path = "/api/v1/namespaces/kube-system/services"
    bot.server.on(path, body({"kind": "ServiceList", "metadata": {}, "items": [item]}))
    request, answer = replace(bot.request("cluster-info"), plain=plain), Answer()
    await bot.engine.serve(request, answer)
    proxy = f"{bot.server.url}{path}"
    shown = address.format(proxy=proxy) if address else "http://192.0.2.1:80 http://192.0.2.1:81 "
    assert answer.text == (
        f"Kubernetes control plane is running at {bot.server.url}\n"
        f"DNS is running at {shown}\n" + (_DUMP if plain else "")
    )
    [asked] = bot.server.to(path)
    assert "labelSelector=kubernetes.io/cluster-service%3Dtrue" in asked.target


SCALE = "/apis/apps/v1/namespaces/shop/deployments/web/scale"


def scale(replicas: int | None) -> dict[str, Any]:
    metadata = {"name": "web", "uid": "u", "resourceVersion": "7"}
    return {"metadata": metadata, "spec": {} if replicas is None else {"replicas": replicas}}


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        ("--replicas=5 --current-replicas=2", "error: Expected replicas to be 2, was 3\n"),
        (
            "--replicas=5 --resource-version=6",
            "error: Expected resource version to be 6, was 7\n",
        ),
        ("", 'error: required flag(s) "replicas" not set'),
        ("--replicas=-1", "error: The --replicas=COUNT flag is required"),
        ("--replicas=5 --dry-run=maybe", "error: Invalid dry-run value (maybe)."),
    ],
    ids=["replicas", "version", "missing", "negative", "dry-run"],
)
async def test_scale_says_no_before_anything_is_shown(bot: Bot, flags: str, text: str) -> None:
    bot.server.on(SCALE, body(scale(3)))
    answer = await bot.say(f"scale deploy web {flags}")
    assert answer.text.startswith(text)
    assert answer.code == 1


async def test_scaling_from_nothing_has_its_precondition_too(bot: Bot) -> None:
    bot.server.on(SCALE, body(scale(None)))
    proposal = (await bot.say("scale deploy web --replicas=1")).proposal
    [step] = proposal.plan.steps
    assert proposal.plan.changes[0].before == "0"
    assert isinstance(step, Patch)
    assert [(o.op, o.path, o.value) for o in step.operations] == [
        ("test", "/metadata/uid", "u"),
        ("test", "/spec/replicas", None),
        ("add", "/spec/replicas", 1),
    ]
