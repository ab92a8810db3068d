"""What a command's declaration says of its flags."""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta

import pytest

from bot.core.command import (
    Command,
    Effect,
    Flag,
    FlagKind,
    duration,
    filled,
    flags_of,
    number,
    shared,
    switch,
    text,
    words,
)
from bot.core.ports import Scope
from bot.core.reply import Part, Text


@dataclass(frozen=True, slots=True)
class Options:
    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    all_namespaces: bool = switch("A", help="Everywhere.")
    wait: bool = switch(default=True)
    for_: str = text(help="A condition.")
    dry_run: str = text(default="none", alone="unchanged")
    replicas: int = number(required=True)
    since: timedelta = duration("s", default=timedelta(minutes=5))
    columns: tuple[str, ...] = words("L")
    values: tuple[str, ...] = words(split=False)
    note: str = "not a flag"


def test_each_declared_field_is_a_flag_in_its_order() -> None:
    declared = (
        Flag("all-namespaces", FlagKind.BOOL, False, "A", "true", "Everywhere."),
        Flag("wait", FlagKind.BOOL, True, "", "true"),
        Flag("for", FlagKind.STRING, "", help="A condition."),
        Flag("dry-run", FlagKind.STRING, "none", alone="unchanged"),
        Flag("replicas", FlagKind.INT, 0, required=True),
        Flag("since", FlagKind.DURATION, timedelta(minutes=5), "s"),
        Flag("columns", FlagKind.STRING_SLICE, (), "L"),
        Flag("values", FlagKind.STRING_ARRAY, ()),
    )
    assert list(map(asdict, flags_of(Options))) == list(map(asdict, declared))


def test_a_flag_knows_the_field_that_it_fills() -> None:
    filled = {flag.attribute for flag in flags_of(Options)}
    assert filled <= set(Options.__dataclass_fields__)
    assert {"for_", "all_namespaces"} <= filled


def test_options_without_flags_have_their_defaults() -> None:
    options = Options()
    assert (options.wait, options.since, options.columns) == (True, timedelta(minutes=5), ())


@dataclass(frozen=True, slots=True)
class Trial:
    dry_run: str = text(default="none")
    validate: str = text(default="strict")


@dataclass(frozen=True, slots=True)
class Sharing:
    name: str = text()
    trial: Trial = shared(Trial)
    port: int = number(small=True)


def test_flags_that_several_commands_share_are_declared_once() -> None:
    assert [flag.name for flag in flags_of(Sharing)] == ["name", "dry-run", "validate", "port"]
    options = filled(Sharing, {"name": "web", "validate": "warn", "elsewhere": 1})
    assert options == Sharing("web", Trial(validate="warn"))
    assert Sharing().trial == Trial()


async def run(_scope: Scope, _options: Options) -> AsyncIterator[Part]:
    yield Text("")


def test_a_command_does_exactly_one_thing() -> None:
    with pytest.raises(ValueError, match="get: declare exactly one of run and plan"):
        Command("get", "", Effect.READ, Options, ("get",))
    assert Command("get", "", Effect.READ, Options, ("get",), run=run).run is run
