"""Exec in a simulated container, over the WebSocket subprotocol `v5.channel.k8s.io`.

Channels: 0 standard input, 1 output, 2 error, 3 how it ended (a `Status`); `255` and a channel's
number closes it (apimachinery's util/remotecommand). Of commands there are those of `_COMMANDS`,
`cat`, and a shell that runs them one after another until `exit`; everything else is not found. A
command reads its input to the end before it runs, so that a terminal is out of scope.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import orjson
from aiohttp import WSMsgType, web

from bot.demo.cluster.logs import chosen, state_of
from bot.demo.cluster.rbac import Attributes, Caller, authorize
from bot.demo.cluster.refusals import refusal
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import JsonObject

PROTOCOL = "v5.channel.k8s.io"
_STDIN, _STDOUT, _STDERR, _STATUS, _CLOSE = 0, 1, 2, 3, 255
_SHELLS = ("sh", "bash")
Ended = tuple[int, str, str]
"""How a command ended: its exit code, and what it wrote to its output and to its error."""
_COMMANDS: Mapping[str, Callable[[Sequence[str]], Ended]] = {
    "echo": lambda words: (0, " ".join(words) + "\n", ""),
    "false": lambda _: (1, "", ""),
    "id": lambda _: (0, "uid=0(root) gid=0(root) groups=0(root)\n", ""),
    "true": lambda _: (0, "", ""),
}


async def execute(
    request: web.BaseRequest,
    registry: Registry,
    caller: Caller,
    asked: Attributes,
    begun: Callable[[int], None],
) -> web.StreamResponse:
    """Answer `pods/NAME/exec`; `begun` is called with the code once the answer begins.

    Raises ApiRefusalError before the upgrade: 400, 403, 404, 501.
    """
    # A WebSocket is a GET, and means a creation all the same.
    authorize(caller, replace(asked, verb="create"), registry)
    on = {name for name, value in request.query.items() if value in ("1", "true")}
    key, wanted = Key("pods", asked.namespace, asked.name), request.query.get("container", "")
    pod, container = chosen(registry, key, wanted)
    if not pod["spec"].get("nodeName"):
        raise refusal("bad", why=f"pod {asked.name} does not have a host assigned")
    if "tty" in on:
        raise refusal("out_of_scope", what="a terminal")
    socket = web.WebSocketResponse(protocols=(PROTOCOL,))
    if not socket.can_prepare(request):
        raise refusal("bad", why="Upgrade request required")
    await socket.prepare(request)
    begun(101)
    status = _broken(f'unable to upgrade connection: container not found ("{container["name"]}")')
    if "running" in state_of(pod, container["name"]):
        command = request.query.getall("command", [])
        reads = "stdin" in on and _name(command) in ("cat", *_SHELLS)
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


def _name(command: Sequence[str]) -> str:
    return command[0].removeprefix("/usr").removeprefix("/bin/")


def _run(words: Sequence[str], typed: str) -> Ended:
    """Run a command on its input to the end. Raises KeyError: there is no such one."""
    name = _name(words)
    if name in _SHELLS:
        script = words[2] if words[1:2] == ["-c"] else typed
        return _shell(script.replace(";", "\n"))
    if name == "cat":
        missing = "".join(f"cat: {file}: No such file or directory\n" for file in words[1:])
        return (1, "", missing) if missing else (0, typed, "")
    return _COMMANDS[name](words[1:])


def _shell(script: str) -> Ended:
    code, out, error = 0, "", ""
    for line in script.splitlines():
        words = line.split()
        if words[:1] == ["exit"]:
            code = int(words[1]) % 256 if words[1:] and words[1].isdigit() else code
            break
        if re.search(r"[|&<>$`'\"]", line):
            code, error = 2, error + "sh: the simulated shell knows plain words alone\n"
        elif words:
            try:
                code, more, wrong = _run(words, "")
            except KeyError:
                code, more, wrong = 127, "", f"sh: {words[0]}: not found\n"
            out, error = out + more, error + wrong
    return code, out, error


def _ended(command: Sequence[str], typed: str) -> tuple[JsonObject, str, str]:
    """Return how the command ended, in the sentences of kubelet and containerd, and its texts."""
    try:
        code, out, error = _run(command, typed)
    except KeyError:
        why = (
            "Internal error occurred: error executing command in container: failed to exec in "
            "container: failed to start exec: OCI runtime exec failed: exec failed: unable to "
            f'start container process: exec: "{command[0]}": executable file not found in $PATH: '
            "unknown"
        )
        return _broken(why), "", ""
    if code == 0:
        return {"metadata": {}, "status": "Success"}, out, error
    told = f"command terminated with non-zero exit code: command terminated with exit code {code}"
    cause = {"reason": "ExitCode", "message": str(code)}
    return _failure(told, cause) | {"reason": "NonZeroExitCode"}, out, error


def _broken(why: str) -> JsonObject:
    told = _failure(f"Internal error occurred: {why}", {"message": why})
    return told | {"reason": "InternalError", "code": 500}


def _failure(message: str, cause: JsonObject) -> JsonObject:
    details = {"causes": [cause]}
    return {"metadata": {}, "status": "Failure", "message": message, "details": details}
