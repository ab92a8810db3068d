"""`get -w` in every form that `-o` knows, through whatever a watch may bring."""

import re
from typing import Any

import pytest

from bot.core.reply import Problem
from bot.render.plain import plain_text
from tests.engine.rig import Bot
from tests.kube.server import body, lines, pieces

PODS = "/api/v1/namespaces/shop/pods"
GONE = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}
OVER = {"type": "ERROR", "object": {"kind": "Status", "code": 500, "reason": "InternalError"}}


def pod(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "resourceVersion": "7"}}


def listed(*names: str, more: str = "") -> Any:
    items = [{"metadata": {"name": name}} for name in names]
    metadata = {"resourceVersion": "5", "continue": more}
    return body({"kind": "PodList", "metadata": metadata, "items": items})


def changes(*events: dict[str, Any]) -> Any:
    return pieces(lines([*events]))


def added(name: str) -> dict[str, Any]:
    return {"type": "ADDED", "object": pod(name)}


async def printed(bot: Bot, phrase: str, *plays: Any) -> str:
    """Return what was printed until the server ended the watch."""
    bot.server.on(PODS, *plays)
    answer = await bot.say(phrase)
    assert answer.code == 1
    return plain_text([part for part in answer.parts if not isinstance(part, Problem)])


async def test_the_list_comes_first_and_then_each_change(bot: Bot) -> None:
    plays = listed("a", more="2"), listed("b"), changes(added("c"), OVER)
    assert await printed(bot, "get pods -w -o name", *plays) == "pod/a\npod/b\npod/c\n"


async def test_changes_alone_begin_with_the_first_of_them(bot: Bot) -> None:
    text = await printed(
        bot, "get pods --watch-only -o yaml", listed("a"), changes(added("b"), added("c"), OVER)
    )
    assert text.startswith("apiVersion")
    assert re.findall(r"  name: .|---", text) == ["  name: b", "---", "  name: c"]


async def test_columns_are_as_wide_as_all_that_was_there(bot: Bot) -> None:
    phrase = "get pods -w -o custom-columns=NAME:.metadata.name,KIND:.kind"
    plays = listed("a", more="2"), listed("much-longer"), changes(added("b"), OVER)
    assert await printed(bot, phrase, *plays) == (
        "NAME          KIND\na             Pod\nmuch-longer   Pod\nb             Pod\n"
    )


async def test_what_is_listed_again_is_printed_again(bot: Bot) -> None:
    plays = listed("a"), changes(GONE), listed("b"), changes(OVER)
    assert await printed(bot, "get pods -w -o name", *plays) == "pod/a\npod/b\n"


async def test_a_template_that_does_not_fit_ends_the_watch(bot: Bot) -> None:
    bot.server.on(PODS, listed("a"))
    answer = await bot.say("get pods -w -o jsonpath={.metadata[0]}")
    assert answer.text.startswith("error: unable to output the provided object: error executing")


@pytest.mark.parametrize("output", ["yaml", "json", "jsonpath={.data}", "custom-columns=A:.data"])
async def test_a_watched_secret_is_masked(bot: Bot, output: str) -> None:
    secrets = "/api/v1/namespaces/shop/secrets"
    data = {"data": {"password": "c2VjcmV0"}}
    there = {"kind": "SecretList", "metadata": {"resourceVersion": "5"}, "items": [data]}
    event = {"type": "ADDED", "object": {"apiVersion": "v1", "kind": "Secret", **data}}
    for more in ("", " --output-watch-events"):
        bot.server.on(secrets, body(there), changes(event, OVER))
        answer = await bot.say(f"get secrets -w -o {output}{more}")
        assert "c2VjcmV0" not in answer.text
        assert answer.text.count("6 bytes") == (0 if more and "=" in output else 2)
