"""`create secret generic`: values that nobody is shown, under their keys."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, switch, text, words
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin, refuse_told
from bot.kube.generators.maps import secret
from bot.kube.generators.sources import Sources

_PHRASE = "create secret generic"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create secret generic`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    from_file: tuple[str, ...] = words(help="A file, as FILE or KEY=FILE.")
    from_literal: tuple[str, ...] = words(
        split=False, hidden=True, help="A key and its value; in a terminal only."
    )
    from_env_file: tuple[str, ...] = words(help="A file with a line KEY=value for each key.")
    type: str = text(help="The type, if it is not Opaque.")
    append_hash: bool = switch(help="Append a hash of what it holds to its name.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    refuse_told(scope, {"--from-literal": options.from_literal}, "--from-file=KEY=FILE")
    name, maker = begin(_PHRASE, options)
    sources = Sources(options.from_literal, options.from_file, options.from_env_file)
    shelf = sources.shelf(scope.files)
    made = secret(name, sources, shelf, type_=options.type, append_hash=options.append_hash)
    return maker.plan(scope, made, "failed to create secret")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a secret from files",
    usage="NAME [--from-file=[KEY=]FILE] [--from-env-file=FILE] --type=TYPE [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "secrets"),),
    options=Options,
    plan=plan,
    examples=("create secret generic hello --from-file=password=password.txt -n shop",),
)
