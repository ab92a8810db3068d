"""Exec in a simulated container, over the WebSocket subprotocols v5 and v4 of `channel.k8s.io`.

Channels: 0 standard input, 1 output, 2 error, 3 how it ended (a `Status`), 4 the terminal's size,
which is not looked at; with v5, `255` and a channel's number closes it (apimachinery's
util/remotecommand). SPDY is refused, upon which kubectl takes the WebSocket.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import orjson
from aiohttp import WSMsgType, web

from bot.demo.cluster.containers import container_of, pod_of, state_of
from bot.demo.cluster.rbac import Attributes, Caller, decide, refused
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.shell import CommandNotFoundError, Container, run

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_STDIN, _STDOUT, _STDERR, _STATUS, _CLOSE = 0, 1, 2, 3, 255
_END_OF_INPUT = "\x04"
"""What Ctrl-D sends from a terminal."""


async def execute(
    request: web.BaseRequest,
    registry: Registry,
    caller: Caller,
    asked: Attributes,
    begun: Callable[[int], None] = lambda code: None,
) -> web.StreamResponse:
    """Answer `pods/NAME/exec`; `begun` is called with the code once the answer begins.

    Raises:
        ApiRefusalError: before the upgrade: 400, 403, 404.
    """
    # A WebSocket is a GET, and means a creation all the same.
    if not decide(caller, replace(asked, verb="create"), registry).allowed:
        raise refused(asked, "")
    pod = pod_of(registry, asked.namespace, asked.name)
    container = container_of(pod, request.query.get("container", ""))
    if not pod["spec"].get("nodeName"):
        raise _bad(f"pod {asked.name} does not have a host assigned")
    socket = web.WebSocketResponse(protocols=PROTOCOLS)
    if not socket.can_prepare(request):
        raise _bad("Upgrade request required")
    await socket.prepare(request)
    begun(101)
    terminal = _Terminal(socket, request.query)
    where = Container(asked.name, _environment(pod, container), registry.clock)
    await terminal.open()
    if "running" in state_of(pod, container["name"]):
        status = await _status(request.query.getall("command", []), where, terminal)
    else:
        status = _broken(
            f'unable to upgrade connection: container not found ("{container["name"]}")'
        )
    if socket.ws_protocol != PROTOCOLS[0]:
        status.pop("metadata")
    await socket.send_bytes(bytes([_STATUS]) + orjson.dumps(status))
    await socket.close()
    return socket


class _Terminal:
    """The two ends of a command's input and output."""

    def __init__(self, socket: web.WebSocketResponse, query: Mapping[str, str]) -> None:
        self._socket = socket
        self._channels = {
            channel
            for channel, name in ((_STDOUT, "stdout"), (_STDERR, "stderr"))
            if _on(query, name)
        }
        self._closed = not _on(query, "stdin")
        self._typed = ""
        self.tty = _on(query, "tty")

    async def open(self) -> None:
        """Tell the client that the streams are there."""
        for channel in sorted(self._channels)[:1]:
            await self._socket.send_bytes(bytes([channel]))

    async def line(self) -> str | None:
        while "\n" not in self._typed and not self._closed:
            await self._receive()
        line, end, self._typed = self._typed.partition("\n")
        return line + end or None

    async def write(self, text: str, *, error: bool = False) -> None:
        channel = _STDERR if error and not self.tty else _STDOUT
        data = text.replace("\n", "\r\n") if self.tty else text
        if channel in self._channels:
            await self._socket.send_bytes(bytes([channel]) + data.encode())

    async def _receive(self) -> None:
        message = await self._socket.receive()
        if message.type is not WSMsgType.BINARY:
            self._closed = message.type is not WSMsgType.TEXT
        elif message.data[:1] == bytes([_STDIN]):
            await self._type(message.data[1:].decode(errors="replace"))
        elif message.data == bytes([_CLOSE, _STDIN]):
            self._closed = True

    async def _type(self, text: str) -> None:
        if self.tty:
            text, end, _ = text.replace("\r", "\n").partition(_END_OF_INPUT)
            self._closed = bool(end)
            await self.write(text)  # a terminal shows what is typed
        self._typed += text


async def _status(command: list[str], where: Container, terminal: _Terminal) -> JsonObject:
    """Run the command, and return how it ended, in the sentences of kubelet and containerd."""
    try:
        code = await run(command, where, terminal)
    except CommandNotFoundError as error:
        return _broken(
            "Internal error occurred: error executing command in container: failed to exec in "
            "container: failed to start exec: OCI runtime exec failed: exec failed: unable to "
            f'start container process: exec: "{error}": executable file not found in $PATH: unknown'
        )
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    told = f"command terminated with non-zero exit code: command terminated with exit code {code}"
    return _failed(told, "NonZeroExitCode", {"reason": "ExitCode", "message": str(code)})


def _broken(why: str) -> JsonObject:
    told = _failed(f"Internal error occurred: {why}", "InternalError", {"message": why})
    return told | {"code": 500}


def _failed(message: str, reason: str, cause: JsonObject) -> JsonObject:
    return {
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "details": {"causes": [cause]},
    }


def _environment(pod: JsonObject, container: JsonObject) -> dict[str, str]:
    own = {each["name"]: each["value"] for each in container.get("env") or () if "value" in each}
    name = pod["metadata"]["name"]
    return {"PATH": "/usr/bin:/bin", "HOSTNAME": name, "HOME": "/root", **own}


def _on(query: Mapping[str, str], name: str) -> bool:
    return query.get(name) in ("1", "true")


def _bad(message: str) -> ApiRefusalError:
    return ApiRefusalError(400, "BadRequest", message, None)
