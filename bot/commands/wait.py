"""`wait`: until objects are as they should be, or gone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from bot.core.clock import deadline
from bot.core.command import Access, Command, Effect, duration, switch, text, words
from bot.core.errors import NotFoundError, QuarterdeckError, UnreachableError, UsageError
from bot.core.ports import JsonObject, Query, Scope
from bot.core.reply import Part, Problem, Text
from bot.kube.changes import check_named
from bot.kube.documents import prepared
from bot.kube.errors import together
from bot.kube.following import LISTED, follow
from bot.kube.outputs import Documents, read_plain, written
from bot.kube.selection import Ask, select
from bot.kube.waiting import Condition, Gone, There, Value, Wanted, holds, read_conditions

# kubectl takes a negative time for a week.
_LONGEST = timedelta(days=7)
# What is to be created is looked for this often.
_LOOK_SECONDS = 0.5
_EXAMPLE = "Such as `wait --for=condition=Available deploy/web`."


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `wait`."""

    arguments: tuple[str, ...] = ()
    for_: tuple[str, ...] = words(
        split=False, help="create, delete, condition=NAME[=VALUE] or jsonpath='{PATH}'[=VALUE]."
    )
    timeout: timedelta = duration(
        default=timedelta(seconds=30), help="How long to wait for each; 0: look once."
    )
    selector: str = text("l", help="Label selector.")
    field_selector: str = text(help="Field selector.")
    all: bool = switch(help="All objects of the type.")
    all_namespaces: bool = switch("A", help="Every namespace; -n is ignored.")
    output: str = text("o", help="yaml, json, name or jsonpath=TEMPLATE.")

    @property
    def seconds(self) -> float:
        """Return how long to wait for one object."""
        return (_LONGEST if self.timeout < timedelta(0) else self.timeout).total_seconds()


@dataclass(frozen=True, slots=True)
class _Object:
    """One object that is waited for, as it was when the wait began."""

    ask: Ask
    item: JsonObject

    @property
    def name(self) -> str:
        return str(self.item["metadata"]["name"])

    @property
    def typed(self) -> str:
        group = f".{self.ask.resource.group}" if self.ask.resource.group else ""
        return f"{self.ask.resource.kind.lower()}{group}/{self.name}"


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a line for each object once it is as wanted."""
    conditions = read_conditions(options.for_)
    check_named(options.arguments, next_step=_EXAMPLE, files=True)
    selection = await select(
        scope.cluster,
        options.arguments,
        selector=bool(options.selector or options.field_selector),
        all_namespaces=options.all_namespaces,
    )
    if not selection.named and not (options.selector or options.field_selector or options.all):
        raise UsageError(
            "error: resource(s) were provided, but no name was specified",
            next_step="Name one, or add --all or -l.",
        )
    gone = any(isinstance(each, Gone) for each in conditions)
    if any(isinstance(each, There) for each in conditions):
        await _created(scope, options, selection.asks)
    # One time for all of them: what is looked at when it is over is too late.
    end = scope.clock.monotonic() + options.seconds
    objects, failures = await _looked_for(scope, options, selection.asks, missing_is_gone=gone)
    if not objects and not failures and not gone:
        raise QuarterdeckError("error: no matching resources found")
    for one in objects:
        try:
            for wanted in conditions:
                yield _met(options, one, await _awaited(scope, one, wanted, end, options))
        except QuarterdeckError as error:
            failures.append(error)
    for failure in together(failures):
        yield Problem(failure)


async def _looked_for(
    scope: Scope, options: Options, asks: tuple[Ask, ...], *, missing_is_gone: bool
) -> tuple[list[_Object], list[QuarterdeckError]]:
    """Return what is there, and why the rest is not, which holds up none of the others."""
    objects: list[_Object] = []
    failures: list[QuarterdeckError] = []
    for ask in asks:
        try:
            objects += await _objects(scope, options, ask, missing_is_gone=missing_is_gone)
        except QuarterdeckError as error:
            failures.append(error)
    return objects, failures


def _met(options: Options, one: _Object, item: JsonObject) -> Part:
    output = read_plain(options.output)
    if output is None:
        return Text(f"{one.typed} condition met\n")
    if isinstance(output, Documents):
        item = prepared({**item, "metadata": dict(item["metadata"])})
    return written(output, item, f"{one.typed}\n")


async def _created(scope: Scope, options: Options, asks: tuple[Ask, ...]) -> None:
    end = scope.clock.monotonic() + options.seconds
    while True:
        try:
            if any([await _objects(scope, options, ask) for ask in asks]):
                return
        except NotFoundError:
            pass  # it is waited for
        if scope.clock.monotonic() >= end:
            raise _too_late()
        await scope.clock.sleep(_LOOK_SECONDS)


async def _objects(
    scope: Scope, options: Options, ask: Ask, *, missing_is_gone: bool = False
) -> list[_Object]:
    query = _query(scope, options, ask)
    try:
        if ask.name:
            return [_Object(ask, await scope.cluster.fetch(query))]
    except NotFoundError:
        if missing_is_gone:
            return []
        raise
    pages = scope.cluster.pages(query)
    return [_Object(ask, item) async for page in pages for item in page["items"] or ()]


def _query(scope: Scope, options: Options, ask: Ask) -> Query:
    namespaced = ask.resource.namespaced and not options.all_namespaces
    return Query(
        ask.resource,
        scope.namespace if namespaced else "",
        ask.name,
        label_selector=options.selector,
        field_selector=options.field_selector,
    )


async def _awaited(
    scope: Scope, one: _Object, wanted: Wanted, end: float, options: Options
) -> JsonObject:
    if isinstance(wanted, There):
        return one.item
    if not options.seconds:
        return await _at_once(scope, one, wanted)
    waiting = _until_gone(scope, one) if isinstance(wanted, Gone) else _until(scope, one, wanted)
    try:
        async with deadline(scope.clock, max(end - scope.clock.monotonic(), 0)):
            return await waiting
    except TimeoutError as error:
        raise _too_late(one) from error


async def _at_once(scope: Scope, one: _Object, wanted: Condition | Value | Gone) -> JsonObject:
    try:
        item = await scope.cluster.fetch(_alone(one))
    except NotFoundError:
        if isinstance(wanted, Gone):
            return one.item
        raise
    if isinstance(wanted, Gone) or not holds(wanted, item):
        raise QuarterdeckError(f"error: condition not met for {one.ask.resource.plural}/{one.name}")
    return item


async def _until(scope: Scope, one: _Object, wanted: Condition | Value) -> JsonObject:
    async for items in _states(scope, one):
        if not items:
            qualified = one.ask.resource.qualified
            raise NotFoundError(
                f'Error from server (NotFound): {qualified} "{one.name}" not found',
                code=404,
                reason="NotFound",
            )
        if holds(wanted, items[0]):
            return items[0]
    raise AssertionError("a watch does not end")


async def _until_gone(scope: Scope, one: _Object) -> JsonObject:
    uid = one.item["metadata"].get("uid")
    async for items in _states(scope, one):
        # One of the same name that came later is another one.
        if not items or items[0]["metadata"].get("uid") != uid:
            return one.item
    raise AssertionError("a watch does not end")


async def _states(scope: Scope, one: _Object) -> AsyncIterator[list[JsonObject]]:
    """Yield the object as it is after each change; nothing once it is gone."""
    resource = one.ask.resource
    typed = {"apiVersion": resource.api_version, "kind": resource.kind}
    query = Query(resource, _namespace(one), field_selector=f"metadata.name={one.name}")
    async for event in follow(scope.cluster, query):
        if event.type == LISTED:
            yield [{**typed, **item} for item in event.object["items"] or ()]
        elif event.type == "DELETED":
            yield []
        else:
            yield [{**typed, **event.object}]


def _alone(one: _Object) -> Query:
    return Query(one.ask.resource, _namespace(one), one.name)


def _namespace(one: _Object) -> str:
    return str(one.item["metadata"].get("namespace", ""))


def _too_late(one: _Object | None = None) -> UnreachableError:
    about = f" on {one.ask.resource.plural}/{one.name}" if one else ""
    return UnreachableError(
        f"error: timed out waiting for the condition{about}",
        next_step="Wait longer with --timeout, or look at it with describe.",
    )


COMMAND = Command(
    phrase="wait",
    summary="Wait until objects are as they should be, or gone",
    usage="(TYPE/NAME ... | TYPE (-l label | --all)) --for=CONDITION [flags]",
    effect=Effect.READ,
    access=(Access("get", "*"), Access("list", "*"), Access("watch", "*")),
    options=Options,
    run=run,
    seconds=900,
    examples=(
        "wait --for=condition=Available deploy/web -n shop",
        "wait --for=condition=Ready pod -l app=web -n shop --timeout=60s",
        "wait --for=jsonpath={.status.readyReplicas}=2 sts/db -n shop",
    ),
)
