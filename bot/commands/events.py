"""`events`: what happened, the latest last."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from bot.core.command import Access, Command, Effect, number, switch, text, words
from bot.core.errors import UsageError
from bot.core.ports import JsonObject, Query, Scope
from bot.core.reply import Aside, Part, Row, Table, nothing_in
from bot.kube import documents
from bot.kube.describe.blocks import event_age, event_message
from bot.kube.describe.lines import aligned
from bot.kube.following import follow
from bot.kube.outputs import Jsonpath, read_plain, written
from bot.kube.printing import Live, Manner
from bot.kube.selection import mapped

_TYPES = frozenset({"normal", "warning"})
# Items of a list come without their type.
_TYPED = {"apiVersion": "v1", "kind": "Event"}
_COLUMNS = ("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `events`."""

    arguments: tuple[str, ...] = ()
    output: str = text("o", help="yaml, json, name or jsonpath=TEMPLATE.")
    watch: bool = switch("w", help="Then show what happens.")
    all_namespaces: bool = switch("A", help="Every namespace; -n is ignored.")
    for_: str = text(help="Only events about TYPE/NAME.")
    types: tuple[str, ...] = words(help="Only events of these types: Normal, Warning.")
    no_headers: bool = switch(help="Leave the header out.")
    chunk_size: int = number(default=500, help="Objects asked for at a time; 0: all at once.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the events, oldest first."""
    if any(each.lower() not in _TYPES for each in options.types):
        raise UsageError("error: valid --types are Normal or Warning")
    query = await _query(scope, options)
    if options.watch:
        async for part in _watched(scope, options, query):
            yield part
        return
    pages = scope.cluster.pages(query, limit=options.chunk_size)
    found = [each async for page in pages for each in page["items"] or () if _wanted(each, options)]
    if not found:
        nowhere = nothing_in(scope.namespace, "events")
        yield Aside("No events found.") if options.all_namespaces else nowhere
        return
    yield _drawn(scope, options, sorted(found, key=_last))


async def _query(scope: Scope, options: Options) -> Query:
    chosen = await _about(scope, options.for_) if options.for_ else ""
    namespace = "" if options.all_namespaces else scope.namespace
    return Query(await scope.cluster.resource("events"), namespace, field_selector=chosen)


async def _about(scope: Scope, typed: str) -> str:
    parts = typed.split("/")
    if len(parts) == 1:
        raise UsageError(
            "error: --for must be in resource/name form", next_step="Such as --for=deploy/web"
        )
    if len(parts) > 2:
        raise UsageError("error: arguments in resource/name form may not have more than one slash")
    resource = await mapped(scope.cluster, parts[0])
    if not parts[1]:
        return ""
    return (
        f"involvedObject.kind={resource.kind},involvedObject.apiVersion={resource.api_version}"
        f",involvedObject.name={parts[1]}"
    )


async def _watched(scope: Scope, options: Options, query: Query) -> AsyncIterator[Part]:
    output = read_plain(options.output)
    live = None if output is None else Live(Manner(output))
    async for change in follow(scope.cluster, query):
        # Events are deleted when they are an hour old: nothing has happened then.
        listed = change.object.get("items")
        found = [change.object] if listed is None and change.type != "DELETED" else listed or ()
        wanted = [each for each in found if _wanted(each, options)]
        if live is not None:
            for event in wanted:
                yield live.part(_TYPED | event)
        elif wanted:
            rows = [_row(each, scope, options) for each in wanted]
            yield Table("events", _columns(options), rows, not options.no_headers, live=True)


def _drawn(scope: Scope, options: Options, found: Sequence[JsonObject]) -> Part:
    output = read_plain(options.output)
    if output is None:
        rows = [_row(each, scope, options) for each in found]
        return Table("events", _columns(options), rows, not options.no_headers)
    items = [documents.prepared(_TYPED | each) for each in found]
    listed = {"apiVersion": "v1", "items": items, "kind": "EventList", "metadata": {}}
    names = "".join(f"event/{each['metadata']['name']}\n" for each in found)
    text = written(output, listed, names)
    if isinstance(output, Jsonpath):
        # The columns of a table hold for a template's tabs, too.
        return replace(text, text=aligned(text.text, padding=3, least=6))
    return text


def _columns(options: Options) -> tuple[str, ...]:
    return ("NAMESPACE", *_COLUMNS) if options.all_namespaces else _COLUMNS


def _row(event: JsonObject, scope: Scope, options: Options) -> Row:
    about = event.get("involvedObject") or {}
    cells = (
        event_age(event, scope.clock.now()),
        str(event.get("type", "")),
        str(event.get("reason", "")),
        f"{about.get('kind', '')}/{about.get('name', '')}",
        event_message(event),
    )
    return (event["metadata"]["namespace"], *cells) if options.all_namespaces else cells


def _wanted(event: JsonObject, options: Options) -> bool:
    kinds = [each.lower() for each in options.types]
    return not kinds or str(event.get("type", "")).lower() in kinds


def _last(event: JsonObject) -> str:
    series = event.get("series")
    if series is not None:
        return str(series.get("lastObservedTime") or "")
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


COMMAND = Command(
    phrase="events",
    summary="List events, the latest last",
    usage="[--for TYPE/NAME] [--types=Normal,Warning] [flags]",
    effect=Effect.READ,
    access=(Access("list", "events"), Access("watch", "events", optional=True)),
    options=Options,
    run=run,
    seconds=600,
    examples=("events -n shop", "events -n shop --for pod/db-0", "events -A --types=Warning"),
)
