"""Forms and the Home tab are within Slack's limits, whatever things are called."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import Registry
from bot.core.access import Binding, Rights
from bot.core.parameters import Parameter
from bot.core.ports import Outcome
from bot.core.request import Actor, Impersonated, Person, Place, Surface
from bot.core.task import Call, Task
from bot.demo.slack.blocks import check_blocks
from bot.slack import command_form, manifest_form, task_form
from bot.slack.activity import Doings, Past, Running
from bot.slack.command_form import Draft, Origin
from bot.slack.home_page import Cockpit, page

COMMANDS = Registry().all()
PHRASES = [command.phrase for command in command_form.typeable(COMMANDS)]
NOW = datetime(2026, 11, 28, tzinfo=UTC)
_NASTY = st.sampled_from(["<!channel>", "`" * 3, "\u202egnp", "*x*", "#hash", "", "n" * 253])
_NAME = st.text(max_size=260) | _NASTY
_ORIGINS = st.builds(Origin, st.just("C0SHOP"), _NAME, _NAME)
_DRAFTS = st.builds(
    Draft,
    _ORIGINS,
    phrase=st.sampled_from(PHRASES) | _NAME,
    namespace=_NAME,
    type=_NAME,
    name=_NAME,
    switches=st.frozensets(st.sampled_from(["watch", "follow", "all"])),
    flags=st.lists(st.tuples(st.just("replicas"), _NAME), max_size=1).map(tuple),
    more=_NAME,
)


def texts(value: Any) -> list[str]:
    """Return the types of everything that carries text."""
    found = [str(value.get("type"))] if isinstance(value, dict) and "text" in value else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*found, *(kind for one in inner for kind in texts(one))]


@settings(deadline=None)
@given(_DRAFTS, st.lists(st.text(min_size=1, max_size=100), max_size=3, unique=True))
def test_slack_takes_the_guided_form(draft: Draft, contexts: list[str]) -> None:
    view = command_form.form(draft, COMMANDS, contexts)
    assert check_blocks(view["blocks"], "modal") == []
    assert len(view["private_metadata"]) <= 3_000
    assert "mrkdwn" not in texts(view)


_PARAMETERS = st.builds(
    Parameter,
    st.from_regex(r"[a-z][a-z0-9_-]{0,30}", fullmatch=True),
    st.sampled_from(["name", "integer", "word"]),
    st.lists(_NAME.filter(bool), max_size=120).map(tuple),
    summary=_NAME,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.large_base_example])
@given(st.lists(_PARAMETERS, max_size=4, unique_by=lambda one: one.name), _NAME)
def test_slack_takes_the_form_of_a_task(parameters: list[Parameter], summary: str) -> None:
    task = Task("size", (), tuple(parameters), summary)
    view = task_form.form(Call(task, {}, "run size"), Place(Surface.SLASH, "C0SHOP"))
    assert view is not None
    assert check_blocks(view["blocks"], "modal") == []
    assert task_form.form(Call(task, {}, "x" * 3_000), Place(Surface.SLASH)) is None


@settings(deadline=None)
@given(st.text(max_size=5_000))
def test_slack_takes_the_form_for_a_manifest(text: str) -> None:
    view = manifest_form.form(text or "apply -f x", "C0SHOP")
    assert check_blocks(view["blocks"], "modal") == []
    assert len(view["private_metadata"]) <= 3_000


@settings(deadline=None)
@given(st.lists(_NAME, max_size=40), st.lists(_NAME, max_size=30))
def test_slack_takes_the_home_tab(names: list[str], phrases: list[str]) -> None:
    actor = Actor(Person("T1/UADA"), Impersonated("user", tuple(names)))
    bindings = tuple(Binding("C0SHOP", name or "x", (name,)) for name in names)
    running = {str(n): Running(str(n), phrase, "C1", NOW) for n, phrase in enumerate(phrases)}
    doings = Doings(running)
    doings.last.extend(Past(phrase, NOW, Outcome(0, 0.1)) for phrase in phrases)
    clusters = tuple((name, "v1.37.2") for name in names)
    places = tuple((one, frozenset({"get", "scale"})) for one in bindings)
    rights = Rights(actor, bindings)
    view = page(Cockpit(rights, places, "", doings, clusters, COMMANDS, "0", NOW))
    assert check_blocks(view["blocks"], "home") == []
    assert len(view["blocks"]) <= 100
    assert "mrkdwn" not in texts(view)


def test_the_name_of_what_is_new_is_written_and_not_chosen() -> None:
    origin = Origin("C0SHOP", "prod", "shop")
    view = command_form.form(Draft(origin, "create secret generic", name="db"), COMMANDS, ["prod"])
    [field] = [one for one in view["blocks"] if one.get("block_id") == command_form.NAME]
    assert (field["element"]["type"], field["element"]["initial_value"]) == (
        "plain_text_input",
        "db",
    )
    assert "--from-literal" not in str(view)


def test_a_phrase_of_the_form_is_read_as_what_was_chosen() -> None:
    origin = Origin("C0SHOP", "prod", "shop")
    commands = {command.phrase: command for command in COMMANDS}
    draft = Draft(origin, "scale", type="deploy", name="web", flags=(("replicas", "5"),))
    assert command_form.typed(draft, commands["scale"]) == "scale deploy web --replicas=5"
    away = Draft(origin, "get", context="test", namespace="shop", type="pods", more="-o wide")
    typed = "get pods -n shop --context=test -o wide"
    assert command_form.typed(away, commands["get"]) == typed
