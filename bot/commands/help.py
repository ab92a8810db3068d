"""`help`: what can be typed, and how."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bot.commands import Registry
from bot.core.command import Command, Effect, Family, Flag, FlagKind
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.reply import Part, Text


@dataclass(frozen=True, slots=True)
class Options:
    """`help` has no flags."""

    arguments: tuple[str, ...] = ()


async def run(_scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the list of commands, or one command's own page."""
    registry = Registry()
    if not options.arguments:
        yield Text(overview(registry))
        return
    command = registry.find(options.arguments)
    if command is None:
        typed = " ".join(options.arguments)
        raise UsageError(f'error: unknown command "{typed}"', next_step="help lists them all.")
    yield Text(page(command))


def overview(registry: Registry) -> str:
    """Return every command with its summary."""
    commands = registry.all()
    width = max(len(command.phrase) for command in commands)
    lines = [f"  {c.phrase:<{width}}  {c.summary}" for c in commands]
    return "\n".join(
        [
            "Quarterdeck runs kubectl's commands as you, and answers in kubectl's words.",
            "",
            *lines,
            "",
            'Type "help COMMAND" for its flags and examples.',
            "",
        ]
    )


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
    usage="[COMMAND]",
    family=Family.DECK,
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=("help", "help get", "help rollout status"),
)
