"""`create configmap`: texts and files under their keys."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, switch, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin
from bot.kube.generators.maps import config_map
from bot.kube.generators.sources import Sources

_PHRASE = "create configmap"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create configmap`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    from_file: tuple[str, ...] = words(help="A file, as FILE or KEY=FILE.")
    from_literal: tuple[str, ...] = words(split=False, help="A key and its value, as key=value.")
    from_env_file: tuple[str, ...] = words(help="A file with a line KEY=value for each key.")
    append_hash: bool = switch(help="Append a hash of what it holds to its name.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    name, maker = begin(_PHRASE, options)
    sources = Sources(options.from_literal, options.from_file, options.from_env_file)
    made = config_map(name, sources, sources.shelf(scope.files), append_hash=options.append_hash)
    return maker.plan(scope, made, "failed to create configmap:")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a config map from attached files or literal values",
    usage="NAME [--from-file=[KEY=]FILE] [--from-literal=KEY=VALUE] [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "configmaps"),),
    options=Options,
    plan=plan,
    examples=("create configmap hello --from-literal=greeting=hi -n shop",),
)
