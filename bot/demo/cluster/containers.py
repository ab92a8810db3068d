"""What containers say, and the commands that can be run in them.

A container's log is `POD.log`, `CONTAINER.log` or `other.log` of the folder, whichever is there
first; `...-previous.log` is what it said before it ended. Lines are in the format of a container
runtime: `2026-01-01T12:00:00.000000000Z stdout F text`. Where there is no file, a container has
said something every ten seconds while it ran.

Exec speaks the WebSocket subprotocol `v5.channel.k8s.io`: channel 0 is the standard input, 1 the
output, 2 the error, 3 how it ended (a `Status`); `255` and a channel's number closes it
(apimachinery's util/remotecommand). Of commands there are those of `_COMMANDS`, and shells that run
them one after another until `exit`; everything else is not found. A command reads its input to the
end before it runs, so that a terminal is out of scope.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import TypeAlias

import orjson
from aiohttp import WSMsgType, web

from bot.demo.cluster.access import authorize
from bot.demo.cluster.lists import number
from bot.demo.cluster.refusals import refusal
from bot.demo.cluster.values import Json, at, data, micro
from bot.demo.cluster.verbs import Asked

# Seconds between two lines that nobody wrote, and between two looks at a log that is followed.
_EVERY, _GLANCE = 10, 0.1
_TOLD = data("containers")


def _chosen(asked: Asked) -> tuple[Json, str]:
    """Return the pod, and the name that is wanted of its containers, or of its only one."""
    spec = (pod := asked.registry.get(asked.key))["spec"]
    names = [each["name"] for each in (*spec.get("initContainers", ()), *spec["containers"])]
    wanted = asked.request.query.get("container", "")
    wanted = wanted or (spec["containers"][0]["name"] if len(spec["containers"]) == 1 else "")
    if wanted in names:
        return pod, wanted
    why = f"container {wanted} is not valid for pod {asked.key.name}"
    if not wanted:
        why = f"a container name must be specified for pod {asked.key.name}, "
        why += f"choose one of: [{' '.join(names)}]"
    raise refusal("bad", why=why)


def _state(pod: Json, container: str, state: str = "state") -> Json:
    """Return a container's `state` or `lastState`; nothing is known of it: an empty one."""
    status = pod.get("status", {})
    every = *status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())
    return next((dict(each.get(state, {})) for each in every if each["name"] == container), {})


async def log(asked: Asked, folder: Path) -> web.StreamResponse:
    """Answer `GET pods/NAME/log`. Raises before anything is sent: 400, 404."""
    query, clock, on = asked.request.query, asked.registry.clock, _flags(asked)
    left, tail = number(query, "limitBytes"), number(query, "tailLines")
    since, previous = _since(query, clock.now()), "previous" in on
    pod, container = _chosen(asked)
    if not pod["spec"].get("nodeName"):
        return web.Response(status=204)
    file = _file(folder, pod, container, previous=previous)
    response = await asked.stream("text/plain")
    told, ended = 0, False
    while not ended and left != 0:
        now = asked.registry.store.get(asked.key) or {}
        same = at(now, "metadata.uid") == pod["metadata"]["uid"]
        goes_on = same and "running" in _state(now, container)
        ended = not goes_on or "follow" not in on or previous
        lines = _lines(file, pod, container, clock.now(), previous=previous)
        late = [line for line in lines[told:] if line[0] >= since]
        late = late if tail is None else late[max(len(late) - tail, 0) :]
        said = (f"{time} {text}\n" if "timestamps" in on else f"{text}\n" for time, text in late)
        await response.write(chunk := "".join(said).encode()[:left])
        left = None if left is None else left - len(chunk)
        told, tail = len(lines), None
        if not ended:
            await clock.sleep(_GLANCE)
    return response


def _file(folder: Path, pod: Json, container: str, *, previous: bool) -> Path | None:
    """Return the file of a log; what a kubelet has none of is refused."""
    name, waiting = pod["metadata"]["name"], at(_state(pod, container), "waiting.reason", "")
    if "terminated" not in _state(pod, container, "lastState") and (previous or waiting):
        why = f'previous terminated container "{container}" in pod "{name}" not found'
        if not previous:
            told = _TOLD["waits"].get(waiting, waiting)
            why = f'container "{container}" in pod "{name}" is waiting to start: {told}'
        raise refusal("bad", why=why)
    end = "-previous.log" if previous else ".log"
    files = [folder / f"{each}{end}" for each in (name, container, "other")]
    return next(filter(Path.exists, files), None)


def _lines(
    file: Path | None, pod: Json, container: str, now: datetime, *, previous: bool
) -> list[tuple[str, str]]:
    """Return the time and text of each line that is whole by now."""
    if file:
        whole = file.read_text().rpartition("\n")[0]
        return [(line.split(" ")[0], line.split(" ", 3)[-1]) for line in whole.splitlines()]
    # One that waits to be started again has said what it said before.
    state = _state(pod, container, "lastState") | ({} if previous else _state(pod, container))
    told = state.get("running") or state.get("terminated") or {}
    if "startedAt" not in told:
        return []
    begin = datetime.fromisoformat(told["startedAt"])
    end = datetime.fromisoformat(told["finishedAt"]) if "finishedAt" in told else now
    ages = range(0, int((end - begin).total_seconds()) + 1, _EVERY)
    times = (_nano(begin + timedelta(seconds=age)) for age in ages)
    return list(zip(times, cycle(_TOLD["says"]), strict=False))


def _flags(asked: Asked) -> set[str]:
    return {name for name, value in asked.request.query.items() if value in ("1", "true")}


def _since(query: Mapping[str, str], now: datetime) -> str:
    """Return the time from which on lines are asked for, as it stands in a log."""
    if (seconds := number(query, "sinceSeconds")) is not None:
        return _nano(now - timedelta(seconds=seconds))
    try:
        return _nano(datetime.fromisoformat(query["sinceTime"])) if "sinceTime" in query else ""
    except ValueError:
        raise refusal("bad", why="sinceTime must be a time") from None


def _nano(moment: datetime) -> str:
    return micro(moment).replace("Z", "000Z")


PROTOCOL = "v5.channel.k8s.io"
_STDIN, _STDOUT, _STDERR, _STATUS, _CLOSE = 0, 1, 2, 3, 255


async def execute(asked: Asked) -> web.StreamResponse:
    """Answer `pods/NAME/exec`. Raises before the upgrade: 400, 403, 404, 501."""
    # A WebSocket is a GET, and means a creation all the same.
    authorize(asked.caller, replace(asked.attributes, verb="create"), asked.registry)
    on, (pod, container) = _flags(asked), _chosen(asked)
    if not pod["spec"].get("nodeName"):
        raise refusal("bad", why=f"pod {asked.key.name} does not have a host assigned")
    if "tty" in on:
        raise refusal("out_of_scope", what="a terminal")
    socket = web.WebSocketResponse(protocols=(PROTOCOL,))
    if not socket.can_prepare(asked.request):
        raise refusal("bad", why="Upgrade request required")
    await socket.prepare(asked.request)
    asked.event.started(101)
    status = _broken(f'unable to upgrade connection: container not found ("{container}")')
    if "running" in _state(pod, container):
        command = asked.request.query.getall("command", [])
        reads = "stdin" in on and len(command) == 1 and _name(command) in _READERS
        status, out, error = _ended(command, await _typed(socket) if reads else "")
        for channel, name, text in ((_STDOUT, "stdout", out), (_STDERR, "stderr", error)):
            if name in on:
                await socket.send_bytes(bytes([channel]) + text.encode())
    await socket.send_bytes(bytes([_STATUS]) + orjson.dumps(status))
    await socket.close()
    return socket


async def _typed(socket: web.WebSocketResponse) -> str:
    """Return the standard input, up to its end."""
    typed = b""
    while (message := await socket.receive()).type is WSMsgType.BINARY:
        if message.data == bytes([_CLOSE, _STDIN]):
            break
        typed += message.data[1:] if message.data[:1] == bytes([_STDIN]) else b""
    return typed.decode(errors="replace")


def _ended(command: Sequence[str], typed: str) -> tuple[Json, str, str]:
    """Return how the command ended, in the sentences of kubelet and containerd, and its texts."""
    run = _COMMANDS.get(_name(command))
    if run is None:
        return _broken(_TOLD["unknown"].format(command[0])), "", ""
    code, out, error = run(command[1:], typed)
    if code == 0:
        return {"metadata": {}, "status": "Success"}, out, error
    cause = {"reason": "ExitCode", "message": str(code)}
    return _failure("NonZeroExitCode", _TOLD["failed"].format(code), cause), out, error


def _broken(why: str) -> Json:
    told = _failure("InternalError", f"Internal error occurred: {why}", {"message": why})
    return told | {"code": 500}


def _failure(reason: str, message: str, cause: Json) -> Json:
    told = {"metadata": {}, "status": "Failure", "reason": reason, "message": message}
    return told | {"details": {"causes": [cause]}}


def _name(command: Sequence[str]) -> str:
    return command[0].removeprefix("/usr").removeprefix("/bin/")


_Ended: TypeAlias = tuple[int, str, str]
"""How a command ended: its exit code, and what it wrote to its output and to its error."""


def _cat(files: Sequence[str], typed: str) -> _Ended:
    missing = "".join(f"cat: {file}: No such file or directory\n" for file in files)
    return (1, "", missing) if missing else (0, typed, "")


def _shell(words: Sequence[str], typed: str) -> _Ended:
    script = "".join(words[1:2]) if words[:1] == ["-c"] else typed
    code, out, error = 0, "", ""
    for line in script.replace(";", "\n").splitlines():
        words = line.split()
        if words[:1] == ["exit"]:
            code = int(words[1]) % 256 if words[1:] and words[1].isdigit() else code
            break
        if re.search(r"[|&<>$`'\"]", line):
            code, error = 2, error + "sh: the simulated shell knows plain words alone\n"
        elif words:
            code, more, wrong = 127, "", f"sh: {words[0]}: not found\n"
            if run := _COMMANDS.get(_name(words)):
                code, more, wrong = run(words[1:], "")
            out, error = out + more, error + wrong
    return code, out, error


_READERS: dict[str, Callable[[Sequence[str], str], _Ended]] = {
    "cat": _cat, "sh": _shell, "bash": _shell,
}  # fmt: skip
_COMMANDS = _READERS | {
    "echo": lambda words, _: (0, " ".join(words) + "\n", ""),
    "false": lambda *_: (1, "", ""),
    "id": lambda *_: (0, "uid=0(root) gid=0(root) groups=0(root)\n", ""),
    "true": lambda *_: (0, "", ""),
}
