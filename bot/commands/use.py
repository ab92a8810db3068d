"""`use`: where one's own requests go while neither they nor the place say otherwise."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import assert_never

from bot.core.access import Default, Origin
from bot.core.command import Command, Effect, Family, switch
from bot.core.errors import UsageError, choose_from
from bot.core.ports import Scope, Whereabouts
from bot.core.reply import Part, Text

# A DNS label, as the API server wants a namespace's name to be.
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `use`."""

    arguments: tuple[str, ...] = ()
    clear: bool = switch(help="Forget your default.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield what holds now and why, after the change that was asked for."""
    if len(options.arguments) + options.clear > 1:
        raise UsageError(
            "error: expected 'use [CONTEXT/]NAMESPACE' or 'use --clear'",
            next_step="Such as `use prod/shop`.",
        )
    there = await scope.whereabouts()
    if options.clear:
        gone = await there.own.forget()
        yield Text("Your default is forgotten.\n" if gone else "You had no default.\n")
        return
    if options.arguments:
        default = _read(options.arguments[0], scope.context, there)
        await there.own.keep(default)
        yield Text(_kept(default, there))
        return
    yield Text(_holding(scope, there, await there.own.recall()))


def _read(typed: str, here: str, there: Whereabouts) -> Default:
    names = [context.name for context in there.contexts]
    if typed in names and not _NAMESPACE.fullmatch(typed):
        return Default(typed, "")
    # The name of a context may hold slashes itself.
    context, slash, namespace = typed.rpartition("/")
    context = context if slash else here
    if context not in names:
        raise UsageError(
            f'error: context "{context}" does not exist',
            next_step=choose_from(names),
        )
    if namespace and not _NAMESPACE.fullmatch(namespace):
        raise UsageError(
            f'error: "{namespace}" cannot be the name of a namespace',
            next_step="Such as `use prod/shop`.",
        )
    if not namespace and not slash:
        raise UsageError("error: a namespace may not be empty", next_step="Such as `use shop`.")
    return Default(context, namespace)


def _kept(default: Default, there: Whereabouts) -> str:
    lasting = "" if there.own.lasting else ", for as long as this process lasts"
    text = f"Your default is {_shown(default)}{lasting}.\n"
    if there.origin is Origin.PLACE:
        text += "Here the channel's own default beats it.\n"
    return text


def _holding(scope: Scope, there: Whereabouts, own: Default | None) -> str:
    where = f"{scope.context}/{scope.namespace}"
    why = "you typed it" if scope.explicit_namespace else _reason(there.origin)
    lines = [f"Here {where} holds: {why}."]
    if own is not None and there.origin is not Origin.PERSON:
        lines.append(f"Your own default, {_shown(own)}, does not count here.")
    return "".join(f"{line}\n" for line in lines)


def _reason(origin: Origin) -> str:
    match origin:
        case Origin.PLACE:
            return "it is this channel's default"
        case Origin.PERSON:
            return "it is your default"
        case Origin.CLUSTER:
            return "neither the channel nor you have a default"
        case _:
            assert_never(origin)


def _shown(default: Default) -> str:
    return f"{default.context}/{default.namespace}" if default.namespace else default.context


COMMAND = Command(
    phrase="use",
    summary="Choose the cluster and the namespace that you mean when you name none",
    usage="[[CONTEXT/]NAMESPACE] [--clear]",
    family=Family.DECK,
    effect=Effect.READ,
    personal=True,
    options=Options,
    run=run,
    examples=("use", "use shop", "use --clear"),
)
