"""What containers say: files that tests and troubles write, else lines that come with time.

A container's log is `POD.log`, `CONTAINER.log` or `other.log` of the folder, whichever is there
first; `...-previous.log` is what it said before it ended. Lines are in the format of a container
runtime: `2026-01-01T12:00:00.000000000Z stdout F text`. Where there is no file, a container has
said something every ten seconds while it ran.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from aiohttp import web

from bot.demo.cluster.refusals import refusal
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import JsonObject

# Seconds between two lines that nobody wrote, and between two looks at a log that is followed.
_EVERY, _GLANCE = 10, 0.1
_SAYS = ("listening on :8080", "GET /healthz 200", "GET / 200", "POST /orders 201", "GET /cart 200")
# As the kubelet tells them (pkg/kubelet/images).
_WAITING = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


def chosen(registry: Registry, key: Key, wanted: str) -> tuple[JsonObject, JsonObject]:
    """Return a pod and its container of that name, or its only one. Raises: 400, 404."""
    spec = (pod := registry.get(key))["spec"]
    everything = {c["name"]: c for c in (*(spec.get("initContainers") or ()), *spec["containers"])}
    wanted = wanted or (spec["containers"][0]["name"] if len(spec["containers"]) == 1 else "")
    if wanted in everything:
        return pod, everything[wanted]
    why = f"container {wanted} is not valid for pod {key.name}"
    if not wanted:
        names = " ".join(everything)
        why = f"a container name must be specified for pod {key.name}, choose one of: [{names}]"
    raise refusal("bad", why=why)


def state_of(pod: JsonObject, container: str, state: str = "state") -> JsonObject:
    """Return a container's `state` or `lastState`; nothing is known of it: an empty one."""
    status = pod.get("status") or {}
    for part in ("initContainerStatuses", "containerStatuses"):
        for each in status.get(part) or ():
            if each["name"] == container:
                return dict(each.get(state) or {})
    return {}


@dataclass(frozen=True, slots=True)
class Logs:
    """The logs of one cluster's containers."""

    registry: Registry
    folder: Path

    async def respond(
        self, request: web.BaseRequest, key: Key, begun: Callable[[int], None]
    ) -> web.StreamResponse:
        """Answer `GET pods/NAME/log`; `begun` is called with the code once the answer begins.

        Raises ApiRefusalError before anything is sent: 400, 404.
        """
        query = request.query
        left, tail = _number(query, "limitBytes"), _number(query, "tailLines")
        since = _since(query, self.registry.clock.now())
        on = {flag for flag, value in query.items() if value in ("true", "1")}
        pod, container = chosen(self.registry, key, query.get("container", ""))
        if not pod["spec"].get("nodeName"):
            return web.Response(status=204)
        log = self._log(pod, container["name"], previous="previous" in on)
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        begun(200)
        follow = "follow" in on and not log.previous
        async for time, text in self._told(log, since, tail, follow=follow):
            data = (f"{time} {text}\n" if "timestamps" in on else f"{text}\n").encode()[:left]
            await response.write(data)
            left = None if left is None else left - len(data)
            if left == 0:
                break
        return response

    async def _told(
        self, log: "_Log", since: str, tail: int | None, *, follow: bool
    ) -> AsyncIterator[tuple[str, str]]:
        told, ended = 0, False
        while not ended:
            ended = not follow or self._ended(log)
            lines = log.lines(self.registry.clock.now())
            late = [line for line in lines[told:] if line[0] >= since]
            for line in late if tail is None else late[max(len(late) - tail, 0) :]:
                yield line
            told, tail = len(lines), None
            if not ended:
                await self.registry.clock.sleep(_GLANCE)

    def _ended(self, log: "_Log") -> bool:
        metadata = log.pod["metadata"]
        now = self.registry.store.get(Key("pods", metadata["namespace"], metadata["name"]))
        same = now and now["metadata"]["uid"] == metadata["uid"]
        return not (same and "running" in state_of(now or {}, log.container))

    def _log(self, pod: JsonObject, container: str, *, previous: bool) -> "_Log":
        """Return the log; what a kubelet has none of is refused (validateContainerLogStatus)."""
        name, waiting = pod["metadata"]["name"], state_of(pod, container).get("waiting", {})
        if "terminated" not in state_of(pod, container, "lastState") and (previous or waiting):
            why = f'previous terminated container "{container}" in pod "{name}" not found'
            if not previous:
                reason = waiting.get("reason", "")
                told = _WAITING.get(reason, reason)
                why = f'container "{container}" in pod "{name}" is waiting to start: {told}'
            raise refusal("bad", why=why)
        end = "-previous.log" if previous else ".log"
        files = [self.folder / f"{each}{end}" for each in (name, container, "other")]
        return _Log(pod, container, next(filter(Path.exists, files), None), previous)


@dataclass(frozen=True, slots=True)
class _Log:
    """A container's log: what it says now, or what it said before it ended."""

    pod: JsonObject
    container: str
    file: Path | None
    previous: bool

    def lines(self, now: datetime) -> list[tuple[str, str]]:
        """Return the time and text of each line that is whole by now."""
        if self.file:
            whole = self.file.read_text().rpartition("\n")[0]
            return [(line.split(" ")[0], line.split(" ", 3)[-1]) for line in whole.splitlines()]
        state = state_of(self.pod, self.container, "lastState")
        if not self.previous:
            # One that waits to be started again has said what it said before.
            state |= state_of(self.pod, self.container)
        told = state.get("running") or state.get("terminated") or {}
        if "startedAt" not in told:
            return []
        begin = datetime.fromisoformat(told["startedAt"])
        end = datetime.fromisoformat(told["finishedAt"]) if "finishedAt" in told else now
        ages = range(0, int((end - begin).total_seconds()) + 1, _EVERY)
        times = (_micro(begin + timedelta(seconds=age)) for age in ages)
        return list(zip(times, cycle(_SAYS), strict=False))


def _since(query: Mapping[str, str], now: datetime) -> str:
    """Return the time from which on lines are asked for, as it stands in a log."""
    if (seconds := _number(query, "sinceSeconds")) is not None:
        return _micro(now - timedelta(seconds=seconds))
    try:
        return _micro(datetime.fromisoformat(query["sinceTime"])) if "sinceTime" in query else ""
    except ValueError:
        raise refusal("bad", why="sinceTime must be a time") from None


def _micro(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def _number(query: Mapping[str, str], name: str) -> int | None:
    """Return an option that is a number; that it makes sense is not checked any further."""
    text = query.get(name)
    if text is not None and not text.isdigit():
        raise refusal("bad", why=f"{name} must be a number of at least 0")
    return None if text is None else int(text)
