"""`get`: one or many objects, as a table, as documents or by name."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.command import Access, Command, Effect, number, switch, text, words
from bot.core.errors import QuarterdeckError, UsageError
from bot.core.ports import Form, JsonObject, Query, Resource, Scope, WatchEvent
from bot.core.reply import Aside, Part, Problem, Row, Table, Verdict, nothing_in
from bot.kube import pages, printing, sorting, tables, verdicts
from bot.kube.following import LISTED, follow
from bot.kube.outputs import Columns, Human, Names, Output, read_output
from bot.kube.pages import Fetched, fetch_all
from bot.kube.printing import Live, Manner, Written
from bot.kube.selection import Selection, select
from bot.render.plain import in_parts


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


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the objects in the form that was asked for, then what could not be read."""
    _validate(options)
    options = _trimmed(options)
    selection = await select(
        scope.cluster,
        options.arguments,
        selector=bool(options.selector or options.field_selector),
        all_namespaces=options.all_namespaces,
        subresource=bool(options.subresource),
    )
    try:
        output = read_output(options.output, options.template)
    except UsageError as error:
        for part in await _unreadable(scope, options, selection, error):
            yield part
        return
    if options.watch or options.watch_only:
        parts = _watched(scope, options, output, selection)
    elif isinstance(output, Human):
        parts = _human(scope, options, output, selection)
    else:
        parts = _generic(scope, options, output, selection)
    async for part in parts:
        yield part


def _trimmed(options: Options) -> Options:
    # kubectl reads a selector without its outer blanks.
    selectors = options.selector.strip(), options.field_selector.strip()
    if selectors == (options.selector, options.field_selector):
        return options
    return replace(options, selector=selectors[0], field_selector=selectors[1])


def _validate(options: Options) -> None:
    if not options.arguments:
        raise UsageError(
            "You must specify the type of resource to get."
            ' Use "kubectl api-resources" for a complete list of supported resources.\n\n'
            "error: Required resource not specified.\n"
            'Use "kubectl explain <resource>" for a detailed description of that resource'
            " (e.g. kubectl explain pods).\n"
            "See 'kubectl get -h' for help and examples",
            next_step="Name a type, such as `get pods`; `api-resources` lists them.",
        )
    if options.output_watch_events and not (options.watch or options.watch_only):
        raise UsageError(
            "error: --output-watch-events option can only be used with --watch or --watch-only"
        )
    if options.worst_first:
        _validate_order(options)
    labelled = [("--show-labels", options.output not in ("", "wide"))] * options.show_labels
    if options.label_columns:
        labelled.append(("--label-columns", options.output.startswith("custom-columns")))
    for flag, contradicts in labelled:
        if contradicts:
            raise UsageError(f"error: {flag} option cannot be used with {options.output} printer")


def _validate_order(options: Options) -> None:
    if options.sort_by:
        raise UsageError("error: --sort-by and --worst-first contradict each other")
    if options.watch or options.watch_only or options.output not in ("", "wide"):
        raise UsageError("error: --worst-first is for tables that stand still")


async def _unreadable(
    scope: Scope, options: Options, selection: Selection, error: UsageError
) -> Sequence[Part]:
    """Return what is told of a format that cannot be read: kubectl looks for the objects first."""
    fetched = await _fetch_all(scope, options, selection, Form.OBJECTS)
    problems = _problems(fetched, options)
    there = any(any(pages.objects(one.query, one.page)) for one in fetched if one.page is not None)
    if (selection.single and problems) or (options.ignore_not_found and not there):
        return problems
    return [Problem(error)]


async def _human(
    scope: Scope, options: Options, output: Human, selection: Selection
) -> AsyncIterator[Part]:
    """Yield each type's table, and what it comes to: before it where all of it is there at once."""
    fetched = await _fetch_all(scope, options, selection, _table_form(options))
    kinds = {(f.resource.group, f.resource.kind) for f in fetched if f.page is not None}
    in_order, drawn = bool(options.sort_by or options.worst_first), False
    namespaces = False
    for item in fetched:
        # What follows a type with namespaces has their column, too, though it is empty.
        namespaces |= options.all_namespaces and item.resource.namespaced and item.page is not None
        shown = _decoration(
            options, output, item.resource, prefixed=len(kinds) > 1, namespaces=namespaces
        )
        listing, tally = _Listing(options, item, shown, scope.now), verdicts.Tally()
        at_once = in_order or item.whole
        table = await listing.ordered() if in_order else listing.first()
        while table is not None:
            tally.add(table.columns, () if scope.plain else table.rows)  # kubectl judges nothing
            if at_once and (said := tally.verdict()):
                yield Verdict(said)
            for part in in_parts(table):
                if len(part.rows) > _AT_ONCE:
                    await asyncio.sleep(0)  # a long list must not hold up the others' answers
                drawn = drawn or bool(part.rows)
                yield part
            table = None if in_order else await listing.following()
        if not at_once and (said := tally.verdict()):
            yield Verdict(said)
    for remark in _remarks(scope, options, fetched, drawn=drawn):
        yield remark


def _remarks(
    scope: Scope, options: Options, fetched: Sequence[Fetched], *, drawn: bool
) -> Sequence[Part]:
    """Return what could not be read, or that nothing was found."""
    problems = _problems(fetched, options)
    if drawn or problems or options.ignore_not_found:
        return problems
    return [_nothing_found(scope, options, fetched)]


@dataclass(slots=True)
class _Listing:
    """What was found of one type, as tables.

    No generator inside of another: the event loop keeps a list of each, which takes longer than
    making a few rows does.
    """

    options: Options
    found: Fetched
    decoration: tables.Decoration
    now: datetime

    def first(self) -> Table | None:
        """Return the first page; None: there is none."""
        page = self.found.page
        return None if page is None else self._table(*self._drawn(self._page(page)))

    async def following(self) -> Table | None:
        """Return the page after the last one; None: that was all."""
        page = await self.found.following()
        return None if page is None else self._table(*self._drawn(self._page(page)))

    async def ordered(self) -> Table | None:
        """Return all rows in the order that was asked for; None: there are none."""
        columns: tuple[str, ...] = ()
        held: list[Row] = []
        unsorted: list[tuple[object, Row]] = []
        page, options = self.found.page, self.options
        sorts = options.sort_by and page is not None and self._several(page)
        field = sorting.read_field(options.sort_by) if sorts else None
        while page is not None:
            table = self._page(page)
            columns, rows = self._drawn(table)
            if field is None:
                held += rows
            else:
                # The value alone is kept: the objects of a long list would fill the memory.
                values = (field.of(row.get("object")) for row in table.get("rows") or ())
                unsorted += zip(values, rows, strict=True)
                await asyncio.sleep(0)  # the others' turn
            page = await self.found.following()
        # In a thread, because comparing 10,000 rows takes longer than others should wait.
        if unsorted and field is not None:
            held = await asyncio.to_thread(sorting.ordered, unsorted, field)
        elif held:
            held = await asyncio.to_thread(verdicts.worst_first, columns, held)
        return self._table(columns, held) if held else None

    def _several(self, page: JsonObject) -> bool:
        # kubectl does not look for the field in a table of one row, which is in order anyway.
        return not self.found.whole or len(self._page(page).get("rows") or ()) > 1

    def _page(self, page: JsonObject) -> JsonObject:
        return page if tables.is_table(page) else tables.from_objects(page, self.now)

    def _drawn(self, table: JsonObject) -> tuple[tuple[str, ...], list[Row]]:
        return tables.columns_of(table, self.decoration), tables.rows_of(table, self.decoration)

    def _table(self, columns: tuple[str, ...], rows: list[Row]) -> Table:
        return Table(self.found.resource.qualified, columns, rows, not self.options.no_headers)


async def _watched(
    scope: Scope, options: Options, output: Output, selection: Selection
) -> AsyncIterator[Part]:
    if len({ask.resource for ask in selection.asks}) > 1:
        raise UsageError("error: you may only specify a single resource type")
    if options.sort_by:
        yield Aside(
            "warning: --watch requested, --sort-by will be ignored for watch events received"
        )
    resource = selection.asks[0].resource
    if isinstance(output, Human):
        # The column of events is no object's, so that the rows' own cells are enough.
        form = _table_form(options) if options.sort_by else Form.TABLE
        namespaces = options.all_namespaces and resource.namespaced
        decoration = _decoration(options, output, resource, prefixed=False, namespaces=namespaces)
        drawn: _Rows | _Objects = _Rows(options, resource, decoration)
    else:
        form, drawn = Form.OBJECTS, _Objects(options, resource, Live(_manner(options, output)))
    async for event in _events(scope, options, selection, form):
        for part in drawn.parts(event):
            yield part


async def _events(
    scope: Scope, options: Options, selection: Selection, form: Form
) -> AsyncIterator[WatchEvent]:
    """Yield what there is, then what happens to it; what was named is looked for first."""
    query, *more = _queries(scope, options, selection)
    if query.name:
        fetched = await _fetch_all(scope, options, selection, form)
        for problem in _problems(fetched, options):
            raise problem.error
        found = [one.page for one in fetched if one.page is not None]
        for number, page in enumerate(found if more else (), 1):
            listed = page if form is not Form.OBJECTS else {"items": [page]}
            yield WatchEvent(LISTED, listed, more=number < len(found))
        if more and found:
            raise UsageError(
                "error: you may only watch a single resource or type of resource at a time"
            )
        if not found:
            return
        query = replace(query, name="", field_selector=f"metadata.name={query.name}")
    # Sorted are all of them together.
    limit = 0 if options.sort_by else options.chunk_size
    async for event in follow(scope.cluster, query, form, limit=limit):
        yield event


@dataclass
class _Rows:
    """What is watched as a table that grows."""

    options: Options
    resource: Resource
    decoration: tables.Decoration
    _definitions: object = None

    def parts(self, event: WatchEvent) -> Iterator[Part]:
        # A watch says what the columns are once, and then leaves them out.
        self._definitions = event.object.get("columnDefinitions") or self._definitions
        event.object["columnDefinitions"] = self._definitions
        if event.type == LISTED and self.options.watch_only:
            return
        rows = self._sorted(event)
        columns = tables.columns_of(event.object, self.decoration)
        if self.options.output_watch_events:
            # Padded as kubectl pads it, to the longest of the types.
            rows = [(f"{_what(event):<8}", *row) for row in rows]
            columns = ("EVENT", *columns)
        headers = not self.options.no_headers
        yield Table(self.resource.qualified, columns, rows, headers, live=not event.more)

    def _sorted(self, event: WatchEvent) -> list[Row]:
        rows = tables.rows_of(event.object, self.decoration)
        if not self.options.sort_by or event.type != LISTED:
            return rows
        field = sorting.read_field(self.options.sort_by)
        values = (field.of(row.get("object")) for row in event.object.get("rows") or ())
        return sorting.ordered(list(zip(values, rows, strict=True)), field)


@dataclass
class _Objects:
    """What is watched as objects, one after the other."""

    options: Options
    resource: Resource
    live: Live

    def parts(self, event: WatchEvent) -> Iterator[Part]:
        if event.type == LISTED and self.options.watch_only:
            return
        page = event.object if event.type == LISTED else {"items": [event.object]}
        told = _what(event) if self.options.output_watch_events else ""
        items = list(pages.objects(Query(self.resource), page))
        for left, item in zip(reversed(range(len(items))), items, strict=True):
            yield self.live.part(item, told, more=event.more or left > 0)


def _what(event: WatchEvent) -> str:
    return "ADDED" if event.type == LISTED else event.type


# So few rows are drawn sooner than others could take their turn.
_AT_ONCE = 100
# What every Table brings along: `.metadata.name` and the like, and labels.
_OF_METADATA = re.compile(
    r"[{\s]*\.?metadata\.(?!annotations|ownerReferences|finalizers|managedFields)"
)


def _table_form(options: Options) -> Form:
    if options.sort_by and not _OF_METADATA.match(options.sort_by):
        return Form.TABLE_OBJECTS
    if options.sort_by or options.all_namespaces or options.show_labels or options.label_columns:
        return Form.TABLE
    return Form.TABLE_CELLS


def _decoration(
    options: Options, output: Human, resource: Resource, *, prefixed: bool, namespaces: bool
) -> tables.Decoration:
    group = f".{resource.group}" if resource.group else ""
    return tables.Decoration(
        wide=output.wide,
        namespaces=namespaces,
        kind=f"{resource.kind.lower()}{group}" if prefixed or options.show_kind else "",
        label_columns=options.label_columns,
        labels=options.show_labels,
    )


def _nothing_found(scope: Scope, options: Options, fetched: Sequence[Fetched]) -> Aside:
    namespaced = all(item.resource.namespaced for item in fetched)
    if namespaced and not options.all_namespaces:
        return nothing_in(scope.namespace)
    return Aside("No resources found")


async def _generic(
    scope: Scope, options: Options, output: Written, selection: Selection
) -> AsyncIterator[Part]:
    if selection.single:
        options = replace(options, sort_by="")
    # Names need no objects; sorting does.
    by_name = isinstance(output, Names) and not options.sort_by
    fetched = await _fetch_all(scope, options, selection, Form.TABLE if by_name else Form.OBJECTS)
    if selection.single and (problems := _problems(fetched, options)):
        yield problems[0]
        return
    manner, empty = _manner(options, output), True
    misfits: list[QuarterdeckError] = []
    try:
        async for part in printing.listed(pages.items(fetched), manner, single=selection.single):
            empty = False
            yield part
    except UsageError as error:
        misfits.append(error)  # what was not found is told before it
    quiet = options.no_headers or options.ignore_not_found or misfits
    if isinstance(output, Columns) and empty and not quiet:
        yield Table("", (), [output.headers], headers=False)  # kubectl shows them all the same
    for problem in _problems(fetched, options, misfits):
        yield problem


def _manner(options: Options, output: Written) -> Manner:
    return Manner(
        output,
        sort_by=options.sort_by,
        headers=not options.no_headers,
        ignore_nothing=options.ignore_not_found,
        managed_fields=options.show_managed_fields,
        missing_allowed=options.allow_missing_template_keys,
    )


async def _fetch_all(
    scope: Scope, options: Options, selection: Selection, form: Form
) -> list[Fetched]:
    queries = _queries(scope, options, selection)
    return await fetch_all(scope.cluster, queries, form, limit=options.chunk_size)


def _queries(scope: Scope, options: Options, selection: Selection) -> list[Query]:
    return [
        Query(
            ask.resource,
            namespace=scope.namespace
            if ask.resource.namespaced and not options.all_namespaces
            else "",
            name=ask.name,
            subresource=options.subresource,
            label_selector=options.selector,
            field_selector=options.field_selector,
        )
        for ask in selection.asks
    ]


def _problems(
    fetched: Sequence[Fetched], options: Options, misfits: Sequence[QuarterdeckError] = ()
) -> list[Problem]:
    return pages.problems(fetched, ignore_not_found=options.ignore_not_found, misfits=misfits)


COMMAND = Command(
    phrase="get",
    summary="Display one or many resources",
    usage="(TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE/NAME ...) [flags]",
    effect=Effect.READ,
    access=(Access("list", "*"), Access("get", "*"), Access("watch", "*", optional=True)),
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
