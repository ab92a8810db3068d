"""`api-resources`: the types that the cluster has."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Command, Effect, switch, text, words
from bot.core.errors import RefusedError, UsageError
from bot.core.ports import Resource, Scope
from bot.core.reply import Part, Row, Table, Text

_COLUMNS = ("NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `api-resources`."""

    arguments: tuple[str, ...] = ()
    output: str = text("o", help="wide or name.")
    api_group: str = text(help="Only types of this API group.")
    namespaced: bool = switch(default=True, help="Only types with a namespace; false: without.")
    verbs: tuple[str, ...] = words(help="Only types that know all of these verbs.")
    categories: tuple[str, ...] = words(help="Only types of all of these categories.")
    sort_by: str = text(help="name or kind; else by group.")
    no_headers: bool = switch(help="Leave the header out.")
    cached: bool = switch(help="Has no effect here.")
    given: frozenset[str] = frozenset()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a row for each type, its preferred version only."""
    if options.arguments:
        raise UsageError(
            f"error: unexpected arguments: [{' '.join(options.arguments)}]\n"
            "See 'kubectl api-resources -h' for help and examples"
        )
    if options.sort_by not in ("", "name", "kind"):
        raise UsageError("error: --sort-by accepts only name or kind")
    if options.output in ("json", "yaml"):
        raise RefusedError(f"error: -o {options.output} is refused", next_step="Use -o wide.")
    if options.output not in ("", "wide", "name"):
        raise UsageError(
            f'error: unable to match a printer suitable for the output format "{options.output}",'
            " allowed formats are: json,kyaml,name,wide,yaml",
            next_step="Here these work: -o wide and -o name.",
        )
    preferred: dict[tuple[str, str], Resource] = {}
    for resource in await scope.cluster.resources():
        preferred.setdefault((resource.group, resource.plural), resource)
    found = [each for each in preferred.values() if _wanted(each, options)]
    found.sort(key=lambda each: (_key(each, options.sort_by), each.plural))
    if options.output == "name":
        yield Text("".join(f"{each.qualified}\n" for each in found))
        return
    wide = options.output == "wide"
    columns = (*_COLUMNS, "VERBS", "CATEGORIES") if wide else _COLUMNS
    rows = [_row(each, wide=wide) for each in found]
    # The header stands above nothing, too.
    yield Table("", (), rows if options.no_headers else [columns, *rows], headers=False)


def _wanted(resource: Resource, options: Options) -> bool:
    return (
        bool(resource.verbs)
        and ("api-group" not in options.given or resource.group == options.api_group)
        and ("namespaced" not in options.given or resource.namespaced == options.namespaced)
        and set(options.verbs) <= set(resource.verbs)
        and set(options.categories) <= set(resource.categories)
    )


def _key(resource: Resource, sort_by: str) -> str:
    return {"name": resource.plural, "kind": resource.kind}.get(sort_by, resource.group)


def _row(resource: Resource, *, wide: bool) -> Row:
    cells = (
        resource.plural,
        ",".join(resource.short_names),
        resource.api_version,
        str(resource.namespaced).lower(),
        resource.kind,
    )
    if not wide:
        return cells
    return (*cells, ",".join(resource.verbs), ",".join(resource.categories))


COMMAND = Command(
    phrase="api-resources",
    summary="List the types that the cluster has",
    usage="[flags]",
    effect=Effect.READ,
    options=Options,
    run=run,
    examples=(
        "api-resources",
        "api-resources --namespaced=false -o name",
        "api-resources --api-group=apps -o wide",
    ),
)
