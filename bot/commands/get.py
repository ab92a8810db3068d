"""`get`: one or many objects, as a table, as documents or by name."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from bot.core.command import Access, Command, Effect, number, switch, text, words
from bot.core.errors import NotFoundError, QuarterdeckError, UsageError
from bot.core.ports import Form, JsonObject, Query, Resource, Scope, WatchEvent
from bot.core.reply import Aside, Part, Problem, Row, Table, Text, Verdict
from bot.kube import documents, sorting, tables, verdicts
from bot.kube.errors import together
from bot.kube.following import LISTED, follow
from bot.kube.jsonpath.writing import printed
from bot.kube.outputs import Columns, Documents, Human, Jsonpath, Names, Output, read_output
from bot.kube.selection import Ask, Selection, select

# So many requests of one command are under way at once, where kubectl sends one by one.
IN_FLIGHT = 8

Written: TypeAlias = Documents | Names | Jsonpath | Columns
"""What is made of whole objects."""


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `get`."""

    arguments: tuple[str, ...] = ()
    output: str = text(
        "o", help="wide, yaml, json, name, jsonpath=TEMPLATE or custom-columns=HEADER:PATH,…"
    )
    template: str = text(help="The template of -o jsonpath, where it does not stand behind it.")
    allow_missing_template_keys: bool = switch(
        default=True, help="Print nothing for a field that is not there; false: fail."
    )
    selector: str = text("l", help="Label selector, such as app=web or 'tier in (a,b)'.")
    field_selector: str = text(help="Field selector, such as status.phase=Running.")
    all_namespaces: bool = switch("A", help="Every namespace; -n is ignored.")
    sort_by: str = text(help="Sort by a field, such as .metadata.name.")
    show_labels: bool = switch(help="Add all labels as the last column.")
    label_columns: tuple[str, ...] = words("L", help="Add these labels as columns.")
    show_kind: bool = switch(help="Write each name as TYPE/NAME.")
    no_headers: bool = switch(help="Leave the header out.")
    ignore_not_found: bool = switch(help="Say nothing of a name that does not exist.")
    chunk_size: int = number(default=500, help="Objects asked for at a time; 0: all at once.")
    show_managed_fields: bool = switch(help="Keep managedFields in yaml and json.")
    subresource: str = text(help="Read a subresource, such as status or scale.")
    watch: bool = switch("w", help="Then show every change.")
    watch_only: bool = switch(help="Show changes only.")
    output_watch_events: bool = switch(help="Say of each row what happened: ADDED, DELETED.")
    worst_first: bool = switch(help="Pods, deployments and nodes in trouble before the others.")


@dataclass(slots=True)
class _Fetched:
    """What became of one ask: its first page, and the pages that follow."""

    ask: Ask
    page: JsonObject | None = None
    rest: AsyncIterator[JsonObject] | None = None
    error: QuarterdeckError | None = None

    @property
    def whole(self) -> bool:
        """Whether no page follows the first."""
        metadata = (self.page or {}).get("metadata") or {}
        return not metadata.get("continue")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the objects in the form that was asked for, then what could not be read."""
    _validate(options)
    # kubectl reads a selector without its outer blanks.
    options = replace(
        options,
        selector=options.selector.strip(),
        field_selector=options.field_selector.strip(),
    )
    selection = await select(
        scope.cluster,
        options.arguments,
        selector=bool(options.selector or options.field_selector),
        all_namespaces=options.all_namespaces,
    )
    output = read_output(options.output, options.template)
    if options.subresource and not selection.named:
        raise UsageError("error: subresource cannot be used when bulk resources are specified")
    if options.watch or options.watch_only:
        parts = _watched(scope, options, output, selection)
    elif isinstance(output, Human):
        parts = _human(scope, options, output, selection)
    else:
        parts = _generic(scope, options, output, selection)
    async for part in parts:
        yield part


def _validate(options: Options) -> None:
    if not options.arguments:
        raise UsageError(
            "You must specify the type of resource to get."
            ' Use "kubectl api-resources" for a complete list of supported resources.\n\n'
            "error: Required resource not specified.\n"
            'Use "kubectl explain <resource>" for a detailed description of that resource'
            " (e.g. kubectl explain pods).\n"
            "See 'kubectl get -h' for help and examples",
            next_step="Name a type: get pods",
        )
    if options.output_watch_events and not (options.watch or options.watch_only):
        raise UsageError(
            "error: --output-watch-events option can only be used with --watch or --watch-only"
        )
    if options.worst_first:
        _validate_order(options)
    if options.show_labels and options.output not in ("", "wide"):
        raise UsageError(
            f"error: --show-labels option cannot be used with {options.output} printer"
        )


def _validate_order(options: Options) -> None:
    if options.sort_by:
        raise UsageError("error: --sort-by and --worst-first contradict each other")
    if options.watch or options.watch_only or options.output not in ("", "wide"):
        raise UsageError("error: --worst-first is for tables that stand still")


async def _human(
    scope: Scope, options: Options, output: Human, selection: Selection
) -> AsyncIterator[Part]:
    fetched = await _fetch_all(scope, options, selection, _table_form(options))
    kinds = {(f.ask.resource.group, f.ask.resource.kind) for f in fetched if f.page is not None}
    decoration = _decoration(options, output)
    drawn = False
    for item in fetched:
        shown = _decorated(decoration, options, item.ask.resource, prefixed=len(kinds) > 1)
        tally = verdicts.Tally()
        at_once = item.whole or bool(options.sort_by or options.worst_first)
        async for columns, rows in _tabled(scope, options, item, shown):
            drawn = drawn or bool(rows)
            if not scope.plain:
                tally.add(columns, rows)
            if at_once and (said := tally.verdict()):
                yield Verdict(said)
            yield Table(item.ask.resource.qualified, columns, rows, not options.no_headers)
            await asyncio.sleep(0)  # a long list must not hold up the others' answers
        if not at_once and (said := tally.verdict()):
            yield Verdict(said)
    problems = _problems(fetched, options)
    if not drawn and not problems and not options.ignore_not_found:
        yield Aside(_nothing_found(scope, options, fetched))
    for problem in problems:
        yield problem


async def _tabled(
    scope: Scope, options: Options, item: _Fetched, shown: tables.Decoration
) -> AsyncIterator[tuple[tuple[str, ...], list[Row]]]:
    """Yield columns and rows page by page, or once where all of them must be sorted first."""
    columns: tuple[str, ...] = ()
    unsorted: list[tuple[object, Row]] = []
    field = sorting.read_field(options.sort_by) if options.sort_by and item.page else None
    held: list[Row] = []
    async for page in _pages(item):
        table = page if tables.is_table(page) else tables.from_objects(page, scope.now)
        columns, rows = tables.columns_of(table, shown), tables.rows_of(table, shown)
        if options.worst_first:
            held += rows
            continue
        if field is None:
            yield columns, rows
            continue
        # The value alone is kept: the objects of a long list would fill the memory.
        values = (field.of(row.get("object")) for row in table.get("rows") or ())
        unsorted += zip(values, rows, strict=True)
        await asyncio.sleep(0)  # the others' turn
    if field is not None and columns:
        # In a thread, because comparing 10,000 rows takes longer than others should wait.
        yield columns, await asyncio.to_thread(sorting.ordered, unsorted, field)
    if held:
        yield columns, await asyncio.to_thread(verdicts.worst_first, columns, held)


async def _watched(
    scope: Scope, options: Options, output: Output, selection: Selection
) -> AsyncIterator[Part]:
    if len({ask.resource for ask in selection.asks}) > 1 or len(selection.asks) > 1:
        raise UsageError("error: you may only specify a single resource type")
    if not isinstance(output, Human):
        raise UsageError(
            f"error: -w and -o {options.output} do not go together here",
            next_step="Use -w with the table, or leave -w out.",
        )
    ask = selection.asks[0]
    shown = _decorated(_decoration(options, output), options, ask.resource, prefixed=False)
    # The column of events is no object's, so that the rows' own cells are enough.
    form = Form.TABLE
    query = _query(scope, options, ask)
    if ask.name:
        await scope.cluster.fetch(query, form)  # says what kubectl says of a missing name
        query = replace(query, name="", field_selector=f"metadata.name={ask.name}")
    definitions = None
    async for event in follow(scope.cluster, query, form):
        # A watch says what the columns are once, and then leaves them out.
        definitions = event.object.get("columnDefinitions") or definitions
        event.object["columnDefinitions"] = definitions
        if event.type == LISTED and options.watch_only:
            continue
        yield _watched_rows(event, shown, options, ask.resource)


def _watched_rows(
    event: WatchEvent, shown: tables.Decoration, options: Options, resource: Resource
) -> Part:
    rows = tables.rows_of(event.object, shown)
    columns = tables.columns_of(event.object, shown)
    if options.output_watch_events:
        what = "ADDED" if event.type == LISTED else event.type
        # Padded as kubectl pads it, to the longest of the types.
        rows = [(f"{what:<8}", *row) for row in rows]
        columns = ("EVENT", *columns)
    return Table(resource.qualified, columns, rows, not options.no_headers, live=True)


# What every Table brings along: `.metadata.name` and the like.
_OF_METADATA = re.compile(r"[{\s]*\.?metadata\.(?!managedFields)")


def _table_form(options: Options) -> Form:
    if options.sort_by and not _OF_METADATA.match(options.sort_by):
        return Form.TABLE_OBJECTS
    if options.sort_by or options.all_namespaces or options.show_labels or options.label_columns:
        return Form.TABLE
    return Form.TABLE_CELLS


def _decoration(options: Options, output: Human) -> tables.Decoration:
    return tables.Decoration(
        wide=output.wide,
        label_columns=options.label_columns,
        labels=options.show_labels,
    )


def _decorated(
    decoration: tables.Decoration, options: Options, resource: Resource, *, prefixed: bool
) -> tables.Decoration:
    group = f".{resource.group}" if resource.group else ""
    kind = f"{resource.kind.lower()}{group}" if prefixed or options.show_kind else ""
    namespaces = options.all_namespaces and resource.namespaced
    return replace(decoration, kind=kind, namespaces=namespaces)


def _nothing_found(scope: Scope, options: Options, fetched: Sequence[_Fetched]) -> str:
    namespaced = all(item.ask.resource.namespaced for item in fetched)
    if namespaced and not options.all_namespaces:
        return f"No resources found in {scope.namespace} namespace."
    return "No resources found"


async def _generic(
    scope: Scope, options: Options, output: Written, selection: Selection
) -> AsyncIterator[Part]:
    if selection.single:
        options = replace(options, sort_by="")
    # Names need no objects; sorting does.
    by_name = isinstance(output, Names) and not options.sort_by
    fetched = await _fetch_all(scope, options, selection, Form.TABLE if by_name else Form.OBJECTS)
    async for part in _written(fetched, options, output, single=selection.single):
        yield part
    for problem in _problems(fetched, options):
        yield problem


def _written(
    fetched: Sequence[_Fetched], options: Options, output: Written, *, single: bool
) -> AsyncIterator[Part]:
    match output:
        case Names():
            return _names(fetched, options)
        case Columns():
            return _columns(fetched, options, output)
        case Jsonpath():
            return _filled(fetched, options, output, single=single)
        case Documents(yaml):
            return (
                _document(fetched[0], options, yaml=yaml)
                if single
                else _documents(fetched, options, yaml=yaml)
            )
        case _:
            assert_never(output)


async def _columns(
    fetched: Sequence[_Fetched], options: Options, output: Columns
) -> AsyncIterator[Part]:
    empty = True
    async for item in _items(fetched, options):
        empty = False
        yield Table("", output.headers, [output.row(item)], not options.no_headers)
        await asyncio.sleep(0)
    if empty and not (
        options.no_headers or options.ignore_not_found or _problems(fetched, options)
    ):
        yield Table("", (), [output.headers], headers=False)  # kubectl shows them all the same


async def _filled(
    fetched: Sequence[_Fetched], options: Options, output: Jsonpath, *, single: bool
) -> AsyncIterator[Part]:
    items = [item async for item in _items(fetched, options)]
    if not items and (single or options.ignore_not_found):
        return
    data = items[0] if single else documents.as_list(items)
    # In a thread, because a template of 10,000 objects takes longer than others should wait.
    text = await asyncio.to_thread(
        printed,
        output.template,
        data,
        as_json=output.as_json,
        missing_allowed=options.allow_missing_template_keys,
    )
    yield Text(text)


async def _names(fetched: Sequence[_Fetched], options: Options) -> AsyncIterator[Part]:
    if options.sort_by:
        async for item in _items(fetched, options):
            group = item["apiVersion"].rpartition("/")[0]
            yield Text(_name(item["kind"], group, item))
        return
    for one in fetched:
        resource = one.ask.resource
        async for page in _pages(one):
            objects = _objects(one.ask, page)
            yield Text("".join(_name(resource.kind, resource.group, o) for o in objects))


def _name(kind: str, group: str, item: JsonObject) -> str:
    suffix = f".{group}" if group else ""
    return f"{kind.lower()}{suffix}/{item['metadata']['name']}\n"


def _objects(ask: Ask, page: JsonObject) -> list[JsonObject]:
    if tables.is_table(page):
        return [row["object"] for row in page.get("rows") or ()]
    return [page] if ask.name else page.get("items") or []


async def _document(fetched: _Fetched, options: Options, *, yaml: bool) -> AsyncIterator[Part]:
    if fetched.page is None:
        return
    shown = documents.prepared(fetched.page, managed_fields=options.show_managed_fields)
    if yaml:
        yield Text(documents.to_yaml(shown), "yaml")
    else:
        yield Text(documents.to_json(shown), "json")


async def _documents(
    fetched: Sequence[_Fetched], options: Options, *, yaml: bool
) -> AsyncIterator[Part]:
    empty = True
    writer = documents.ListWriter(yaml=yaml)
    async for item in _items(fetched, options):
        shown, empty = documents.prepared(item, managed_fields=options.show_managed_fields), False
        yield Text(writer.item(shown), "yaml" if yaml else "json")
        await asyncio.sleep(0)  # one object at a time: a big list holds nobody up
    if not (empty and options.ignore_not_found):
        yield Text(writer.end(), "yaml" if yaml else "json")


async def _items(fetched: Sequence[_Fetched], options: Options) -> AsyncIterator[JsonObject]:
    if options.sort_by:
        field = sorting.read_field(options.sort_by)
        everything = [
            (field.of(item), item) async for item in _items(fetched, replace(options, sort_by=""))
        ]
        for item in sorting.ordered(everything, field):
            yield item
        return
    for one in fetched:
        resource = one.ask.resource
        async for page in _pages(one):
            objects = _objects(one.ask, page)
            objects.reverse()
            while objects:  # each is let go once it is written
                item = objects.pop()
                # Items of a list come without their type.
                item.setdefault("apiVersion", resource.api_version)
                item.setdefault("kind", resource.kind)
                yield item


async def _fetch_all(
    scope: Scope, options: Options, selection: Selection, form: Form
) -> list[_Fetched]:
    if len(selection.asks) == 1:  # the usual case needs no task
        return [await _fetch(scope, options, selection.asks[0], form)]
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def fetch(ask: Ask) -> _Fetched:
        async with gate:
            return await _fetch(scope, options, ask, form)

    return await asyncio.gather(*(fetch(ask) for ask in selection.asks))


def _query(scope: Scope, options: Options, ask: Ask) -> Query:
    namespaced = ask.resource.namespaced and not options.all_namespaces
    return Query(
        ask.resource,
        namespace=scope.namespace if namespaced else "",
        name=ask.name,
        subresource=options.subresource,
        label_selector=options.selector,
        field_selector=options.field_selector,
    )


async def _fetch(scope: Scope, options: Options, ask: Ask, form: Form) -> _Fetched:
    query = _query(scope, options, ask)
    item = _Fetched(ask)
    try:
        if ask.name:
            item.page = await scope.cluster.fetch(query, form)
        else:
            item.rest = scope.cluster.pages(query, form, limit=options.chunk_size)
            item.page = await anext(item.rest)
    except QuarterdeckError as error:
        item.error = error
    return item


async def _pages(item: _Fetched) -> AsyncIterator[JsonObject]:
    if item.page is None:
        return
    yield item.page
    if item.rest is None:
        return
    try:
        async for page in item.rest:
            yield page
    except QuarterdeckError as error:
        item.error = error


def _problems(fetched: Sequence[_Fetched], options: Options) -> list[Problem]:
    errors = [
        item.error
        for item in fetched
        if item.error is not None
        and not (options.ignore_not_found and isinstance(item.error, NotFoundError))
    ]
    return [Problem(error) for error in together(errors)]


COMMAND = Command(
    phrase="get",
    summary="Display one or many resources",
    usage="(TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE/NAME ...) [flags]",
    effect=Effect.READ,
    access=(Access("list", "*"), Access("get", "*")),
    options=Options,
    run=run,
    seconds=600,
    examples=(
        "get pods",
        "get pods -n shop -o wide",
        "get deploy/web svc/web -n shop",
        "get pods -A -l app=web --show-labels",
        "get all -n shop",
        "get deployment web -n shop -o yaml",
        "get pods -n shop --sort-by=.metadata.name",
    ),
)
