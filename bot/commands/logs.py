"""`logs`: what a pod's containers print."""

import asyncio
import codecs
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from bot.core.clock import deadline
from bot.core.command import Access, Command, Effect, duration, number, switch, text
from bot.core.errors import (
    KubernetesError,
    NotFoundError,
    QuarterdeckError,
    UnreachableError,
    UsageError,
)
from bot.core.ports import JsonObject, Query, Scope
from bot.core.reply import Aside, Part, Problem, Text, nothing_in
from bot.kube import pods
from bot.kube.changes import check_named
from bot.kube.nearby import only_pod
from bot.kube.redaction import HIDDEN, Redactor
from bot.kube.selection import select

# kubectl's default for a selector, so that many pods do not pour out all they have.
_SELECTOR_TAIL = 10
_TAIL_NOT_GIVEN = -(2**31)
_EXAMPLE = "Such as `logs deploy/web --tail=50`."
_USAGE = (
    "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
    "POD or TYPE/NAME is a required argument for the logs command\n"
    "See 'kubectl logs -h' for help and examples"
)
# As Go reads it: an hour of one digit, a comma before the fraction, and the whole day as offset.
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)([.,]\d+)?"
    r"(Z|[+-]([01]\d|2[0-4]):([0-5]\d|60))",
    flags=re.ASCII,
)
_HAVE_PODS = frozenset(
    (
        *("deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps"),
        *("jobs.batch", "services", "replicationcontrollers"),
    )
)


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `logs`."""

    arguments: tuple[str, ...] = ()
    follow: bool = switch("f", help="Go on with what is printed from now on.")
    previous: bool = switch("p", help="The container's previous run, if there was one.")
    container: str = text("c", help="This container.")
    all_containers: bool = switch(help="Every container of the pod.")
    all_pods: bool = switch(help="Every pod of the workload, with a prefix.")
    selector: str = text("l", help="Label selector.")
    tail: int = number(default=_TAIL_NOT_GIVEN, help="The last lines only; -1: all.")
    since: timedelta = duration(help="Newer than this, such as 5m.")
    since_time: str = text(help="From this time on (RFC3339).")
    limit_bytes: int = number(help="At most so many bytes.")
    timestamps: bool = switch(help="A timestamp before each line.")
    prefix: bool = switch(help="The pod and the container before each line.")
    ignore_errors: bool = switch(help="Go on with other containers after an error.")
    max_log_requests: int = number(default=5, help="How many logs to follow at once.")
    pod_running_timeout: timedelta = duration(
        default=timedelta(seconds=20), help="How long to wait for a pod."
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """One container whose log is read."""

    pod: JsonObject
    container: str

    @property
    def prefix(self) -> str:
        return f"[pod/{self.pod['metadata']['name']}/{self.container}] "


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the lines of every container that is meant."""
    options = _completed(options)
    found, asides = await _pods(scope, options)
    for aside in asides:
        yield Aside(aside)
    if not found and not options.arguments:
        yield nothing_in(scope.namespace)
    sources: list[_Source] = []
    for pod in found:
        more, said = _sources(pod, options)
        for aside in said:
            yield Aside(aside)
        sources += more
    if options.follow and len(sources) > options.max_log_requests:
        raise UsageError(
            f"error: you are attempting to follow {len(sources)} log streams, but maximum"
            f" allowed concurrency is {options.max_log_requests},"
            " use --max-log-requests to increase the limit"
        )
    reading = _merged if options.follow and len(sources) > 1 else _in_turn
    async for part in reading(scope, options, sources):
        yield part


def _completed(options: Options) -> Options:
    words, count = options.arguments, len(options.arguments)
    if count > 2 or (count == 0 and not options.selector):
        raise UsageError(_USAGE, next_step=_EXAMPLE)
    if count == 1 and options.selector:
        raise UsageError(
            "error: only a selector (-l) or a POD name is allowed\n"
            "See 'kubectl logs -h' for help and examples"
        )
    if options.pod_running_timeout <= timedelta(0):
        raise UsageError("error: --pod-running-timeout must be higher than zero")
    if options.selector and count == 2:
        raise UsageError(
            "error: selectors and the all flag cannot be used when passing resource/name arguments"
        )
    if options.container and count == 2:
        raise UsageError("error: only one of -c or an inline [CONTAINER] arg is allowed")
    container = words[1] if count == 2 else options.container
    _validate(options, container)
    tail = options.tail
    if tail == _TAIL_NOT_GIVEN:
        tail = _SELECTOR_TAIL if options.selector else -1
    return replace(
        options, container=container, tail=tail, prefix=options.prefix or options.all_pods
    )


def _validate(options: Options, container: str) -> None:
    if options.since_time and options.since:
        raise UsageError("error: at most one of `sinceTime` or `sinceSeconds` may be specified")
    if options.since_time:
        _checked_time(options.since_time)
    if options.all_containers and container:
        raise UsageError(
            f"error: --all-containers=true should not be specified with container name {container}"
        )
    if options.limit_bytes < 0:
        raise UsageError("error: --limit-bytes must be greater than 0")
    if _seconds(options.since) < 0:
        raise UsageError("error: --since must be greater than 0")
    if options.tail < -1 and options.tail != _TAIL_NOT_GIVEN:
        raise UsageError("error: --tail must be greater than or equal to -1")


def _seconds(span: timedelta) -> int:
    """Return the span in whole seconds, a half rounded away from zero."""
    whole = (abs(span) + timedelta(milliseconds=500)) // timedelta(seconds=1)
    return whole if span > timedelta(0) else -whole


def _checked_time(typed: str) -> None:
    if not _is_time(typed):
        raise UsageError(
            f"error: --since-time {typed!r} is not a time in RFC3339",
            next_step="Write it as 2026-01-31T09:00:00Z",
        )


def _is_time(typed: str) -> bool:
    parts = _RFC3339.fullmatch(typed)
    if parts is None:
        return False
    year, month, day, hour, minute, second = map(int, parts.groups()[:6])
    try:
        datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return False
    return True


async def _pods(scope: Scope, options: Options) -> tuple[list[JsonObject], list[str]]:
    if not options.arguments:
        return await _matching(scope, options.selector), []
    word = options.arguments[0]
    if not word:
        check_named((), next_step=_EXAMPLE, files=True)
    arguments = (word,) if "/" in word else ("pods", word)
    selection = await select(scope.cluster, arguments, selector=False, all_namespaces=False)
    ask = selection.asks[0]
    namespace = scope.namespace if ask.resource.namespaced else ""
    try:
        item = await scope.cluster.fetch(Query(ask.resource, namespace, ask.name))
    except NotFoundError as error:
        if ask.resource.qualified == "pods" and (pod := await only_pod(scope, ask.name)):
            name = pod["metadata"]["name"]
            return [pod], [f'Using pod/{name}, the only one whose name begins with "{ask.name}"']
        raise _missing(error, scope.namespace) from error
    if ask.resource.qualified == "pods":
        return [item], []
    if ask.resource.qualified not in _HAVE_PODS:
        name = f"*{item['apiVersion'].rsplit('/', 1)[-1]}.{item['kind']}"
        raise UsageError(
            f"error: cannot get the logs from {name}: selector for {name} not implemented",
            next_step="Name a pod, or a deployment, statefulset, daemonset, job or service.",
        )
    return await _of_workload(scope, options, item)


def _missing(error: NotFoundError, namespace: str) -> NotFoundError:
    text = f'error: error from server (NotFound): {error.message} in namespace "{namespace}"'
    missing = NotFoundError(text, code=404, reason="NotFound")
    missing.sought = error.sought
    return missing


async def _of_workload(
    scope: Scope, options: Options, item: JsonObject
) -> tuple[list[JsonObject], list[str]]:
    selector = pods.selector_of(item)
    if not selector:
        raise UsageError(
            f"error: cannot get the logs from *v1.{item['kind']}: invalid service"
            f" '{item['metadata']['name']}': Service is defined without a selector"
        )
    found = pods.best_for_logs(await _waited_for(scope, options, selector))
    if options.all_pods or len(found) == 1:
        return found, []
    name = found[0]["metadata"]["name"]
    return found[:1], [f"Found {len(found)} pods, using pod/{name}"]


async def _waited_for(scope: Scope, options: Options, selector: str) -> list[JsonObject]:
    resource = await scope.cluster.resource("pods")
    query = Query(resource, scope.namespace, label_selector=selector)
    found, since = [], ""
    async for page in scope.cluster.pages(query):
        found += page["items"]
        since = page["metadata"]["resourceVersion"]
    if found:
        return found
    try:
        async with deadline(scope.clock, options.pod_running_timeout.total_seconds()):
            async for event in scope.cluster.watch(query, since):
                if event.type in ("ADDED", "MODIFIED"):
                    return [event.object]
    except TimeoutError as error:
        raise UnreachableError("error: timed out waiting for the condition") from error
    return []


async def _matching(scope: Scope, selector: str) -> list[JsonObject]:
    resource = await scope.cluster.resource("pods")
    query = Query(resource, scope.namespace, label_selector=selector)
    return [pod async for page in scope.cluster.pages(query) for pod in page["items"]]


def _sources(pod: JsonObject, options: Options) -> tuple[list[_Source], list[str]]:
    if options.all_containers:
        return [_Source(pod, name) for name in pods.container_names(pod)], []
    name, said = options.container, []
    preset = (pod["metadata"].get("annotations") or {}).get(pods.DEFAULT_CONTAINER, "")
    known = pods.container_names(pod)
    if not name and preset:
        if preset in known:
            name = preset
        else:
            said.append(
                f'Default container name "{preset}" not found in pod {pod["metadata"]["name"]}'
            )
    if not name:
        name = pod["spec"]["containers"][0]["name"]
        if len(known) > 1 and not options.all_pods:
            said.append(f'Defaulted container "{name}" out of: {pods.described_containers(pod)}')
    if name not in known:
        raise UsageError(
            f"error: container {name} is not valid for pod {pod['metadata']['name']}"
            f" out of: {pods.described_containers(pod)}"
        )
    return [_Source(pod, name)], said


async def _in_turn(
    scope: Scope, options: Options, sources: Sequence[_Source]
) -> AsyncIterator[Part]:
    for source in sources:
        try:
            async for part in _lines(scope, options, source):
                yield part
        except QuarterdeckError as error:
            if not options.ignore_errors:
                raise
            yield Text(f"error: {_message(error)}\n", "log")


_Queue: TypeAlias = "asyncio.Queue[Part | Exception | None]"


async def _merged(
    scope: Scope, options: Options, sources: Sequence[_Source]
) -> AsyncIterator[Part]:
    # Bounded, so that a chatty pod waits for its reader and not in memory.
    queue: _Queue = asyncio.Queue(maxsize=64)
    # No task group: it cannot be left by whoever has read enough.
    running = [asyncio.create_task(_pour(_lines(scope, options, s), queue)) for s in sources]
    try:
        left = len(running)
        while left:
            item = await queue.get()
            if isinstance(item, Exception):
                raise item
            if item is None:
                left -= 1
            else:
                yield item
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _pour(parts: AsyncIterator[Part], queue: _Queue) -> None:
    """Put the parts into the queue, then None; whoever takes an exception raises it."""
    try:
        async for part in parts:
            await queue.put(part)
    except QuarterdeckError as error:
        await queue.put(Problem(error))
    except Exception as error:  # noqa: BLE001 - see above
        await queue.put(error)
    await queue.put(None)


async def _lines(scope: Scope, options: Options, source: _Source) -> AsyncIterator[Part]:
    decoder, redactor = codecs.getincrementaldecoder("utf-8")("replace"), Redactor()
    async for chunk in scope.cluster.stream(await _query(scope, options, source)):
        if shown := redactor.feed(decoder.decode(chunk)):
            yield Text(_prefixed(shown, source, options), "log")
    if shown := redactor.feed(decoder.decode(b"", final=True)) + redactor.finish():
        yield Text(_prefixed(shown, source, options), "log")
    if redactor.hidden:
        values = (
            "1 value that looks" if redactor.hidden == 1 else f"{redactor.hidden} values that look"
        )
        yield Aside(f"{values} like a secret: shown as {HIDDEN}.")


def _prefixed(block: str, source: _Source, options: Options) -> str:
    if not options.prefix:
        return block
    # Only a line feed ends a line: a progress bar is full of carriage returns.
    *lines, rest = block.split("\n")
    lines = [f"{line}\n" for line in lines] + ([rest] if rest else [])
    return "".join(source.prefix + line for line in lines)


async def _query(scope: Scope, options: Options, source: _Source) -> Query:
    resource = await scope.cluster.resource("pods")
    metadata = source.pod["metadata"]
    parameters = {"container": source.container}
    switches = {
        "follow": options.follow,
        "previous": options.previous,
        "timestamps": options.timestamps,
    }
    parameters |= {name: "true" for name, on in switches.items() if on}
    if options.tail != -1:
        parameters["tailLines"] = str(options.tail)
    if options.since:
        parameters["sinceSeconds"] = str(_seconds(options.since))
    if options.since_time:
        parameters["sinceTime"] = options.since_time
    if options.limit_bytes:
        parameters["limitBytes"] = str(options.limit_bytes)
    return Query(resource, metadata["namespace"], metadata["name"], "log", parameters=parameters)


def _message(error: QuarterdeckError) -> str:
    return error.message if isinstance(error, KubernetesError) else error.text


_WORKLOADS = ("deployments", "statefulsets", "daemonsets")
COMMAND = Command(
    phrase="logs",
    summary="Print the logs for a container in a pod",
    usage="[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [flags]",
    effect=Effect.READ,
    access=(
        Access("get", "pods"),
        Access("list", "pods", optional=True),
        Access("watch", "pods", optional=True),
        Access("get", "pods", "", "log"),
        *(Access("get", kind, "apps", optional=True) for kind in _WORKLOADS),
        Access("get", "jobs", "batch", optional=True),
        Access("get", "services", optional=True),
    ),
    options=Options,
    run=run,
    seconds=600,
    examples=(
        "logs deploy/web -n shop --tail=20",
        "logs deploy/cart -n shop -c sidecar --since=1h",
        "logs -l app=web -n shop --prefix",
        "logs deploy/cart -n shop --all-containers --tail=5",
    ),
)
