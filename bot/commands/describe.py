"""`describe`: objects and what belongs to them, told at length."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from bot.core.command import Access, Command, Effect, number, shared, switch, text
from bot.core.errors import NotFoundError, QuarterdeckError, UsageError
from bot.core.ports import JsonObject, Query, Scope
from bot.core.reply import Aside, Part, Problem, Text, Verdict, nothing_in
from bot.kube.describe import causes
from bot.kube.describe.reading import Described, describe, last_words, told_of
from bot.kube.describe.subject import Found
from bot.kube.errors import together
from bot.kube.filed import Filed, filed
from bot.kube.selection import Ask, select

# So many objects of one command are read for at once, where kubectl reads for one at a time.
IN_FLIGHT = 8


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `describe`."""

    arguments: tuple[str, ...] = ()
    files: Filed = shared(Filed)
    selector: str = text("l", help="Label selector, such as app=web or 'tier in (a,b)'.")
    all_namespaces: bool = switch("A", help="Every namespace; -n is ignored.")
    show_events: bool = switch(default=True, help="Show events; several objects: only if asked.")
    chunk_size: int = number(default=500, help="Objects asked for at a time; 0: all at once.")
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Sought:
    """What is to be read, and where: one object, or all of a type."""

    ask: Ask
    namespace: str
    """Empty for every one, and for what is in none."""


@dataclass(frozen=True, slots=True)
class _Object:
    """One object that is to be described."""

    ask: Ask
    item: JsonObject
    told: Found | None = None
    """Of its events, if they were read beside it."""


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the descriptions, in the order of the objects, then what could not be read."""
    sought = await (_in_files if options.files.given else _named)(scope, options)
    asked_for = "show-events" in options.given
    likely = options.show_events and (asked_for or len(sought) == 1)
    objects, errors = await _read(scope, options, sought, events=likely)
    events = options.show_events and (asked_for or (len(objects) <= 1 and not errors))
    if len(options.arguments) == 2 and len(errors) == 1 and isinstance(errors[0], NotFoundError):
        objects = await _beginning(scope, options, sought)
        if not objects:
            yield Problem(errors[0])
        async for part in _described(scope, objects, events=events, before="", after="\n"):
            yield part
        return
    async for part in _described(scope, objects, events=events, before="\n\n", after=""):
        yield part
    if not objects and not errors:
        yield (
            Aside("No resources found") if options.all_namespaces else nothing_in(scope.namespace)
        )
    for problem in together(errors):
        yield Problem(problem)


async def _named(scope: Scope, options: Options) -> Sequence[_Sought]:
    """Return what the words mean."""
    if not options.arguments:
        raise UsageError(
            "error: You must specify the type of resource to describe."
            ' Use "kubectl api-resources" for a complete list of supported resources.',
            next_step="Such as `describe pod web`, or any other beginning of a name.",
        )
    selection = await select(
        scope.cluster,
        options.arguments,
        selector=bool(options.selector),
        all_namespaces=options.all_namespaces,
    )
    namespace = "" if options.all_namespaces else scope.namespace
    return [_Sought(ask, namespace if ask.resource.namespaced else "") for ask in selection.asks]


async def _in_files(scope: Scope, options: Options) -> Sequence[_Sought]:
    """Return what the files name."""
    placed = await filed(scope, options.arguments, options.files, options.selector)
    return [_Sought(Ask(each.resource, each.document.name), each.namespace) for each in placed]


async def _read(
    scope: Scope, options: Options, sought: Sequence[_Sought], *, events: bool
) -> tuple[list[_Object], list[QuarterdeckError]]:
    objects: list[_Object] = []
    errors: list[QuarterdeckError] = []
    reading = (_each(scope, options, each, events=events) for each in sought)
    for read in await asyncio.gather(*reading):
        if isinstance(read, QuarterdeckError):
            errors.append(read)
        else:
            objects += read
    return objects, errors


async def _each(
    scope: Scope, options: Options, sought: _Sought, *, events: bool = False
) -> list[_Object] | QuarterdeckError:
    ask = sought.ask
    # Of a file's objects the selector has looked at the labels that stand there.
    selector = "" if ask.name else options.selector
    query = Query(ask.resource, sought.namespace, ask.name, label_selector=selector)
    try:
        if ask.name and events:
            return await _with_events(scope, ask, query)
        if ask.name:
            return [_Object(ask, await scope.cluster.fetch(query))]
        pages = scope.cluster.pages(query, limit=options.chunk_size)
        return [_Object(ask, item) async for page in pages for item in page["items"] or ()]
    except QuarterdeckError as error:
        return error


async def _with_events(scope: Scope, ask: Ask, query: Query) -> list[_Object]:
    """Read an object and what is told of its name side by side, where kubectl waits in between."""
    item, told = await asyncio.gather(
        scope.cluster.fetch(query),
        told_of(scope.cluster, ask.resource, query.namespace, ask.name),
        return_exceptions=True,  # neither is left behind when the other fails
    )
    if isinstance(item, BaseException):
        raise item
    if isinstance(told, BaseException):
        raise told
    return [_Object(ask, item, told)]


async def _beginning(scope: Scope, options: Options, sought: Sequence[_Sought]) -> list[_Object]:
    """Return the objects whose names begin with the one that does not exist."""
    if "/" in options.arguments[0]:
        return []  # each name stands behind its own type
    if len(sought) > 1:
        raise UsageError("error: you may only specify a single resource type")
    [missing] = sought
    objects = await _each(scope, options, replace(missing, ask=Ask(missing.ask.resource)))
    if isinstance(objects, QuarterdeckError):
        raise objects
    return [one for one in objects if one.item["metadata"]["name"].startswith(missing.ask.name)]


async def _described(
    scope: Scope, objects: Sequence[_Object], *, events: bool, before: str, after: str
) -> AsyncIterator[Part]:
    """Yield the descriptions; `before` stands between two of them, `after` behind each."""
    between, told = "", dict[str, None]()
    if len(objects) > 1 and not scope.plain and (why := _causes(scope, objects)):
        yield Verdict(why)
    for start in range(0, len(objects), IN_FLIGHT):
        group = objects[start : start + IN_FLIGHT]
        read = await asyncio.gather(*(_one(scope, each, events=events) for each in group))
        if (
            len(objects) == 1
            and not scope.plain
            and (why := await _cause(scope, group[0], read[0]))
        ):
            yield Verdict(why)
        for one in read:
            yield Text(f"{between}{one.text}{after}")
            between = before
            if one.unread:
                told[one.unread] = None
    for reason in told:
        yield Aside(f"Warning: events were not read: {reason}")


def _causes(scope: Scope, objects: Sequence[_Object]) -> str:
    """Return which of several pods fail and why, from what is read of them anyway."""
    pods = [one.item for one in objects if one.ask.resource.qualified == "pods"]
    return "\n".join(causes.in_short(pods, scope.now))


async def _cause(scope: Scope, one: _Object, told: Described) -> str:
    """Return why a pod fails; empty for what is well, or no pod."""
    resource = one.ask.resource
    failing = causes.failing(one.item, scope.now) if resource.qualified == "pods" else None
    if failing is None:
        return ""
    log = await last_words(scope.cluster, one.item, failing) if failing.container else ""
    return "\n".join(causes.cause(one.item, failing, told.events, log, scope.now))


async def _one(scope: Scope, one: _Object, *, events: bool) -> Described:
    return await describe(
        scope.cluster, one.ask.resource, one.item, scope.now, events=events, told=one.told
    )


# What belongs to an object, where a description shows it.
RELATED = (
    Access("list", "events", optional=True),
    Access("list", "pods", optional=True),
    Access("get", "pods", subresource="log", optional=True),
    Access("list", "replicasets", "apps", optional=True),
    Access("list", "endpointslices", "discovery.k8s.io", optional=True),
    Access("get", "services", optional=True),
    Access("list", "resourcequotas", optional=True),
    Access("list", "limitranges", optional=True),
    Access("get", "leases", "coordination.k8s.io", optional=True),
    Access("list", "resourceslices", "resource.k8s.io", optional=True),
)


COMMAND = Command(
    phrase="describe",
    summary="Show an object and what belongs to it",
    usage="(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME ...) [flags]",
    effect=Effect.READ,
    access=(
        Access("get", "*"),
        Access("list", "*"),
        *RELATED,
    ),
    options=Options,
    run=run,
    seconds=120,
    examples=(
        "describe configmap web-config -n shop",
        "describe cm/web-config secret/db-password -n shop",
        "describe widgets -n shop",
        "describe deployment web -n shop",
        "describe service web -n shop",
        "describe node node-a",
    ),
)
