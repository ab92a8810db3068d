"""What containers say: files that tests and troubles write, else lines that come with time.

A container's log is `POD.log`, `CONTAINER.log` or `other.log` of the folder, whichever is there
first; `...-previous.log` is what it said before it ended. Lines are in the format of a container
runtime: `2026-01-01T12:00:00.000000000Z stdout F text`. Where there is no file, a running container
has said something every ten seconds since it started.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.demo.cluster.containers import container_of, pod_of, state_of
from bot.demo.cluster.refusals import ApiRefusalError, Cause, JsonObject, invalid
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key

EVERY = 10
"""Seconds between two lines that nobody wrote."""
GLANCE = 0.1
"""Seconds between two looks at a log that is followed."""
_SAYS = ("listening on :8080", "GET /healthz 200", "GET / 200", "POST /orders 201", "GET /cart 200")
# Images.ErrImagePull and the like, as the kubelet tells them (pkg/kubelet/kubelet_pods.go).
_WAITING = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What of a log is asked for."""

    container: str
    follow: bool
    previous: bool
    timestamps: bool
    tail: int | None
    since: datetime | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class _Line:
    time: str
    text: str


class Logs:
    """The logs of one cluster's containers."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self._registry = registry
        self._folder = folder

    async def respond(
        self,
        request: web.BaseRequest,
        namespace: str,
        name: str,
        begun: Callable[[int], None] = lambda code: None,
    ) -> web.StreamResponse:
        """Answer `GET pods/NAME/log`; `begun` is called with the code once the answer begins.

        Raises:
            ApiRefusalError: before anything is sent: 400, 404, 422.
        """
        wanted = _wanted(name, dict(request.query), self._now())
        pod = pod_of(self._registry, namespace, name)
        container = container_of(pod, wanted.container)["name"]
        if not pod["spec"].get("nodeName"):
            return web.Response(status=204)
        _check_state(pod, container, previous=wanted.previous)
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        begun(200)
        left = wanted.limit
        async for line in self._chosen(pod, container, wanted):
            told = (f"{line.time} " if wanted.timestamps else "") + line.text + "\n"
            data = told.encode()[:left]
            await response.write(data)
            left = None if left is None else left - len(data)
            if left == 0:
                break
        return response

    async def _chosen(
        self, pod: JsonObject, container: str, wanted: _Wanted
    ) -> AsyncIterator[_Line]:
        file = self._file(pod, container, previous=wanted.previous)
        lines = self._lines(pod, container, previous=wanted.previous)
        told = len(lines)
        chosen = [line for line in lines if _after(line, wanted.since)]
        for line in chosen if wanted.tail is None else chosen[max(len(chosen) - wanted.tail, 0) :]:
            yield line
        while wanted.follow and not wanted.previous:
            ended = self._ended(pod, container)
            if (now := self._file(pod, container)) != file:
                # Somebody has begun to write what came by itself until now.
                file, told = now, 0
            for line in self._lines(pod, container, skip=told):
                told += 1
                yield line
            if ended:
                return
            await self._registry.clock.sleep(GLANCE)

    def _ended(self, pod: JsonObject, container: str) -> bool:
        metadata = pod["metadata"]
        now = self._registry.store.get(Key("pods", metadata["namespace"], metadata["name"]))
        gone = now is None or now["metadata"]["uid"] != metadata["uid"]
        return gone or "running" not in state_of(now or {}, container)

    def _lines(
        self, pod: JsonObject, container: str, *, previous: bool = False, skip: int = 0
    ) -> list[_Line]:
        if file := self._file(pod, container, previous=previous):
            whole = file.read_text().rpartition("\n")[0]
            return [_read(line) for line in whole.splitlines()[skip:]]
        state = state_of(pod, container, "lastState")
        if not previous:
            # One that waits to be started again has said what it said before.
            state = {**state, **state_of(pod, container)}
        return _said(state, self._now(), skip)

    def _file(self, pod: JsonObject, container: str, *, previous: bool = False) -> Path | None:
        end = "-previous.log" if previous else ".log"
        files = [self._folder / f"{name}{end}" for name in (_name(pod), container, "other")]
        return next((file for file in files if file.exists()), None)

    def _now(self) -> datetime:
        return self._registry.clock.now()


def _name(pod: JsonObject) -> str:
    return str(pod["metadata"]["name"])


def _line(moment: datetime, text: str) -> _Line:
    return _Line(moment.strftime("%Y-%m-%dT%H:%M:%S.%f000Z"), text)


def _read(line: str) -> _Line:
    time, _stream, _whole, text = (*line.split(" ", 3), "", "", "")[:4]
    return _Line(time, text)


def _said(state: JsonObject, now: datetime, skip: int) -> list[_Line]:
    """Return what a container says by itself, from a line on: the same whenever it is asked."""
    told = state.get("running") or state.get("terminated") or {}
    if "startedAt" not in told:
        return []
    begin = datetime.fromisoformat(told["startedAt"])
    end = datetime.fromisoformat(told["finishedAt"]) if "finishedAt" in told else now
    count = int((end - begin).total_seconds()) // EVERY + 1
    return [
        _line(begin + timedelta(seconds=EVERY * number), _SAYS[number % len(_SAYS)])
        for number in range(skip, count)
    ]


def _after(line: _Line, since: datetime | None) -> bool:
    return since is None or datetime.fromisoformat(line.time[:26] + "Z") >= since


def _check_state(pod: JsonObject, container: str, *, previous: bool) -> None:
    """Refuse what a kubelet has no log of (validateContainerLogStatus)."""
    name = pod["metadata"]["name"]
    if previous and "terminated" not in state_of(pod, container, "lastState"):
        message = f'previous terminated container "{container}" in pod "{name}" not found'
        raise ApiRefusalError(400, "BadRequest", message, None)
    waiting = state_of(pod, container).get("waiting")
    if waiting and not previous and "terminated" not in state_of(pod, container, "lastState"):
        reason = waiting.get("reason", "")
        why = _WAITING.get(reason, reason)
        message = f'container "{container}" in pod "{name}" is waiting to start: {why}'
        raise ApiRefusalError(400, "BadRequest", message, None)


def _wanted(pod: str, query: Mapping[str, str], now: datetime) -> _Wanted:
    tail, limit = _number(query, "tailLines"), _number(query, "limitBytes")
    seconds, moment = _number(query, "sinceSeconds"), query.get("sinceTime")
    causes = [
        *_least("tailLines", tail, 0, "greater than or equal to 0"),
        *_least("limitBytes", limit, 1, "greater than 0"),
    ]
    if seconds is not None and moment:
        why = "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"
        causes.append(Cause("[]", "FieldValueForbidden", why))
    elif seconds is not None:
        causes += _least("sinceSeconds", seconds, 1, "greater than 0")
    if causes:
        raise invalid("PodLogOptions", "", pod, causes)
    since = now - timedelta(seconds=seconds) if seconds else _moment(moment) if moment else None
    on = {name for name, value in query.items() if value in ("true", "1")}
    return _Wanted(
        query.get("container", ""),
        "follow" in on,
        "previous" in on,
        "timestamps" in on,
        tail,
        since,
        limit,
    )


def _least(field: str, value: int | None, least: int, rule: str) -> list[Cause]:
    if value is None or value >= least:
        return []
    return [Cause(field, "FieldValueInvalid", f"Invalid value: {value}: must be {rule}")]


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    try:
        return None if text is None else int(text)
    except ValueError:
        why = f'strconv.ParseInt: parsing "{text}": invalid syntax'
        raise ApiRefusalError(400, "BadRequest", why, None) from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        why = f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse'
        raise ApiRefusalError(400, "BadRequest", why, None) from None
