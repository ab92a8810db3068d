"""`help`: what can be typed, and how."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.commands import Registry
from bot.core.command import Command, Effect, Family, Flag, FlagKind, switch
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.reply import Part, Text
from bot.grammar.suggest import near

_TOLD = 3
"""So many phrases are named that may have been meant."""


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `help`."""

    arguments: tuple[str, ...] = ()
    all: bool = switch(help="List what is not for you here, too.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the list of commands, or one command's own page."""
    registry = Registry()
    if not options.arguments:
        commands = registry.all()
        offered = commands if options.all or scope.plain else await _offered(scope, commands)
        yield Text(overview(offered, len(commands) - len(offered)))
        return
    command = registry.find(options.arguments)
    if command is None and options.arguments in _FAMILIES:
        family = _FAMILIES[options.arguments]
        yield Text(family_page(family, [c for c in registry.all() if c.family is family]))
        return
    typed = " ".join(options.arguments)
    if command is None and (
        group := [c for c in registry.all() if c.phrase.startswith(f"{typed} ")]
    ):
        yield Text(group_page(f"`{typed}` begins these:", group))
        return
    if command is None:
        raise UsageError(f'error: unknown command "{typed}"', next_step=_meant(typed, registry))
    yield Text(page(command))


def _meant(typed: str, registry: Registry) -> str:
    shown = " or ".join(f"`help {phrase}`" for phrase in near(typed, registry.phrases())[:_TOLD])
    return f"Did you mean {shown}?" if shown else "`help` lists them all."


async def _offered(scope: Scope, commands: Sequence[Command[Any]]) -> Sequence[Command[Any]]:
    menu = await scope.menu()
    return [command for command in commands if menu.offers(command)]


_FAMILIES = {(str(family),): family for family in Family}


def family_page(family: Family, commands: Sequence[Command[Any]]) -> str:
    """Return what can be typed after one slash command: each phrase, and an example of each."""
    return group_page(_ABOUT[family], commands, examples=family is Family.PROM)


def group_page(about: str, commands: Sequence[Command[Any]], *, examples: bool = True) -> str:
    """Return the phrases of some commands, below a line about them, with an example of each."""
    width = max((len(command.phrase) for command in commands), default=0)
    lines = [f"  {c.phrase:<{width}}  {c.summary}" for c in commands]
    shown = ["", "Examples:", *(f"  {c.examples[0]}" for c in commands)] if examples else []
    return "\n".join(
        [
            about,
            "",
            *lines,
            *shown,
            "",
            f'Type "help {commands[0].phrase}" for the flags and examples of one.',
            "",
        ]
    )


_ABOUT = {
    Family.KUBECTL: "kubectl's commands, run as you and answered in kubectl's words:",
    Family.PROM: (
        "Metrics and alerts. `prom EXPRESSION` evaluates PromQL now; flags come before the\n"
        "expression, and everything behind them is the expression:"
    ),
    Family.DECK: "Quarterdeck itself:",
}


def overview(commands: Sequence[Command[Any]], hidden: int) -> str:
    """Return the commands with their summaries, and how many more there are."""
    own = [(c.phrase, c.summary) for c in commands if c.family is not Family.PROM]
    if len(own) < len(commands):
        # All of them beside the others would not fit into a message.
        own = sorted([*own, (Family.PROM.value, 'Metrics and alerts; "help prom" lists them')])
    width = max(len(phrase) for phrase, _ in own)
    lines = [f"  {phrase:<{width}}  {summary}" for phrase, summary in own]
    return "\n".join(
        [
            "Quarterdeck runs kubectl's commands as you, and answers in kubectl's words.",
            "",
            *lines,
            "",
            *_hidden(hidden),
            'Type "help COMMAND" for its flags and examples.',
            "",
        ]
    )


def _hidden(count: int) -> list[str]:
    if not count:
        return []
    are = "command is" if count == 1 else "commands are"
    return [f'{count} more {are} not for you here; "help --all" lists all of them.']


def page(command: Command[Any]) -> str:
    """Return one command's usage, flags and examples."""
    lines = [command.summary, "", "Examples:", *(f"  {e}" for e in command.examples)]
    if command.flags:
        lines += ["", "Flags:", *(_flag(flag) for flag in command.flags)]
    return "\n".join([*lines, "", "Usage:", f"  {command.phrase} {command.usage}".rstrip(), ""])


def _flag(flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else "    "
    value = "" if flag.kind is FlagKind.BOOL else f" {flag.kind.value}"
    return f"  {short}--{flag.name}{value}: {flag.help}"


COMMAND = Command(
    phrase="help",
    summary="Show what can be typed",
    usage="[COMMAND | kubectl | prom | deck] [--all]",
    family=Family.DECK,
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=("help", "help --all", "help get", "help rollout status"),
)
