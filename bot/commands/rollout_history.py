"""`rollout history`: the revisions of a workload, or one of them whole."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, number, text
from bot.core.errors import QuarterdeckError, UsageError, choose_from
from bot.core.ports import JsonObject, Query, Resource, Scope
from bot.core.reply import Part, Problem, Text
from bot.kube import documents
from bot.kube.describe.lines import Lines, aligned
from bot.kube.describe.pods import template
from bot.kube.errors import together
from bot.kube.history import change_cause, revisions, template_of
from bot.kube.outputs import Documents, Plain, read_plain, written
from bot.kube.revisions import keepers
from bot.kube.rollouts import has_status
from bot.kube.selection import Ask, select


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `rollout history`."""

    arguments: tuple[str, ...] = ()
    output: str = text("o", help="yaml, json, name or jsonpath=TEMPLATE.")
    revision: int = number(help="Show this revision whole.")
    selector: str = text("l", help="Label selector.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the revisions of each workload, oldest first."""
    if not options.arguments:
        raise UsageError(
            "error: required resource not specified",
            next_step="Such as `rollout history deploy/web`.",
        )
    if options.revision < 0:
        raise UsageError(f"error: revision must be a positive integer: {options.revision}")
    selection = await select(
        scope.cluster, options.arguments, selector=bool(options.selector), all_namespaces=False
    )
    failures: list[QuarterdeckError] = []
    for ask in selection.asks:
        try:
            for item in await _items(scope, options, ask):
                yield await _one(scope, options, ask.resource, item)
        except QuarterdeckError as error:
            failures.append(error)
    for failure in together(failures):
        yield Problem(failure)


async def _items(scope: Scope, options: Options, ask: Ask) -> list[JsonObject]:
    namespace = scope.namespace if ask.resource.namespaced else ""
    query = Query(ask.resource, namespace, ask.name, label_selector=options.selector)
    if ask.name:
        return [await scope.cluster.fetch(query)]
    pages = scope.cluster.pages(query)
    return [
        {**item, "kind": ask.resource.kind} async for page in pages for item in page["items"] or ()
    ]


async def _one(scope: Scope, options: Options, resource: Resource, item: JsonObject) -> Part:
    if not has_status(resource):
        group = f".{resource.group}" if resource.group else ""
        raise UsageError(
            f'error: no history viewer has been implemented for "{resource.kind}{group}"',
            next_step="`rollout history` works on deployments, statefulsets and daemonsets.",
        )
    kept = revisions(item, await keepers(scope.cluster, resource, item))
    output = read_plain(options.output)
    if output is not None:
        return _document(options, output, kept)
    head = f"{resource.kind.lower()}.{resource.group}/{item['metadata']['name']}"
    if options.revision and kept:
        w = Lines()
        template(w, template_of(_chosen(options, kept)))
        return Text(f"{head} with revision #{options.revision}\n{w.raw()}\n")
    return Text(f"{head} \n{_table(kept)}\n")


def _table(kept: Mapping[int, JsonObject]) -> str:
    if not kept:
        return "No rollout history found."
    rows = [f"{number}\t{change_cause(each) or '<none>'}\n" for number, each in kept.items()]
    return aligned("".join(["REVISION\tCHANGE-CAUSE\n", *rows]))


def _chosen(options: Options, kept: Mapping[int, JsonObject]) -> JsonObject:
    if options.revision not in kept:
        raise QuarterdeckError(
            "error: unable to find the specified revision",
            next_step=choose_from(map(str, kept)),
        )
    return kept[options.revision]


def _document(options: Options, output: Plain, kept: Mapping[int, JsonObject]) -> Part:
    shown = [_chosen(options, kept)] if options.revision else list(kept.values())
    parts = [
        written(output, documents.prepared(dict(each)), f"{_type(each)}/{_name(each)}\n")
        for each in shown
    ]
    between = "---\n" if isinstance(output, Documents) and output.yaml else ""
    return Text(between.join(part.text for part in parts), parts[0].language if parts else "")


def _type(item: JsonObject) -> str:
    group = item["apiVersion"].rpartition("/")[0]
    return f"{item['kind'].lower()}.{group}"


def _name(item: JsonObject) -> str:
    return str(item["metadata"]["name"])


COMMAND = Command(
    phrase="rollout history",
    summary="Show the revisions of a rollout",
    usage="(TYPE NAME | TYPE/NAME) [flags]",
    effect=Effect.READ,
    access=(
        *(
            Access(verb, resource, "apps")
            for resource in ("deployments", "daemonsets", "statefulsets")
            for verb in ("get", "list")
        ),
        Access("list", "replicasets", "apps"),
        Access("list", "controllerrevisions", "apps"),
    ),
    options=Options,
    run=run,
    examples=(
        "rollout history deploy/web -n shop",
        "rollout history deploy/web -n shop --revision=1",
        "rollout history statefulset db -n shop",
    ),
)
