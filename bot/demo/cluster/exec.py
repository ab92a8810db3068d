"""Exec in a simulated container, over the WebSocket subprotocol `v5.channel.k8s.io`.

Channels: 0 standard input, 1 output, 2 error, 3 how it ended (a `Status`), 4 the terminal's size,
which is not looked at; `255` and a channel's number closes it (apimachinery's util/remotecommand).
Of commands there are those of `_COMMANDS`, and a shell that runs them one after another until
`exit`; everything else is not found.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace

import orjson
from aiohttp import WSMsgType, web

from bot.demo.cluster.containers import chosen, state_of
from bot.demo.cluster.rbac import Attributes, Caller, authorize
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.registry import Registry

PROTOCOL = "v5.channel.k8s.io"
_STDIN, _STDOUT, _STDERR, _STATUS, _CLOSE = 0, 1, 2, 3, 255
_PROMPT, _END_OF_INPUT = "/ # ", "\x04"
# Each returns its exit code and what it prints: an error's text, unless the code is 0.
_COMMANDS: Mapping[str, Callable[[Sequence[str]], tuple[int, str]]] = {
    "cat": lambda words: (1, f"cat: {words[0]}: No such file or directory\n"),
    "echo": lambda words: (0, " ".join(words) + "\n"),
    "false": lambda _: (1, ""),
    "id": lambda _: (0, "uid=0(root) gid=0(root) groups=0(root)\n"),
    "true": lambda _: (0, ""),
}


async def execute(
    request: web.BaseRequest,
    registry: Registry,
    caller: Caller,
    asked: Attributes,
    begun: Callable[[int], None] = lambda code: None,
) -> web.StreamResponse:
    """Answer `pods/NAME/exec`; `begun` is called with the code once the answer begins.

    Raises ApiRefusalError before the upgrade: 400, 403, 404.
    """
    # A WebSocket is a GET, and means a creation all the same.
    authorize(caller, replace(asked, verb="create"), registry)
    wanted = request.query.get("container", "")
    pod, container = chosen(registry, asked.namespace, asked.name, wanted)
    if not pod["spec"].get("nodeName"):
        raise ApiRefusalError(400, "BadRequest", f"pod {asked.name} does not have a host assigned")
    socket = web.WebSocketResponse(protocols=(PROTOCOL,))
    if not socket.can_prepare(request):
        raise ApiRefusalError(400, "BadRequest", "Upgrade request required")
    await socket.prepare(request)
    begun(101)
    status = _broken(f'unable to upgrade connection: container not found ("{container["name"]}")')
    if "running" in state_of(pod, container["name"]):
        status = await _status(request.query.getall("command", []), _Terminal(socket, request))
    await socket.send_bytes(bytes([_STATUS]) + orjson.dumps(status))
    await socket.close()
    return socket


class _Terminal:
    """The two ends of a command's input and output."""

    def __init__(self, socket: web.WebSocketResponse, request: web.BaseRequest) -> None:
        on = {name for name, value in request.query.items() if value in ("1", "true")}
        self._socket = socket
        self._channels = {_STDOUT: "stdout" in on, _STDERR: "stderr" in on}
        self._closed = "stdin" not in on
        self._typed = ""
        self.tty = "tty" in on

    def script(self, text: str) -> None:
        """Take a script in the place of what is typed."""
        self._typed, self._closed, self.tty = text.replace(";", "\n"), True, False

    async def lines(self, prompt: str = "") -> AsyncIterator[str]:
        """Yield what is typed, line by line, each after a prompt and with its end."""
        while self._typed or not self._closed:
            if self.tty:
                await self.write(prompt)
            while "\n" not in self._typed and not self._closed:
                await self._receive()
            line, end, self._typed = self._typed.partition("\n")
            yield line + end

    async def write(self, text: str, channel: int = _STDOUT) -> None:
        """Write to the standard output or error, which on a terminal are one."""
        data, channel = (text.replace("\n", "\r\n"), _STDOUT) if self.tty else (text, channel)
        if self._channels[channel]:
            await self._socket.send_bytes(bytes([channel]) + data.encode())

    async def _receive(self) -> None:
        message = await self._socket.receive()
        if message.type is not WSMsgType.BINARY or message.data == bytes([_CLOSE, _STDIN]):
            self._closed = True
        elif message.data[:1] == bytes([_STDIN]):
            typed = message.data[1:].decode(errors="replace")
            if self.tty:
                typed, end, _ = typed.replace("\r", "\n").partition(_END_OF_INPUT)
                self._closed = bool(end)
                await self.write(typed)  # a terminal shows what is typed
            self._typed += typed


async def _run(words: Sequence[str], terminal: _Terminal) -> int:
    """Run a command to its end and return its exit code. Raises KeyError: there is no such one."""
    name = words[0].removeprefix("/usr").removeprefix("/bin/")
    if name in ("sh", "bash"):
        if words[1:2] == ["-c"]:
            terminal.script("".join(words[2:3]))
        return await _shell(terminal)
    if words == ["cat"]:
        async for line in terminal.lines():
            await terminal.write(line)
        return 0
    code, text = _COMMANDS[name](words[1:])
    await terminal.write(text, _STDERR if code else _STDOUT)
    return code


async def _shell(terminal: _Terminal) -> int:
    code = 0
    async for line in terminal.lines(_PROMPT):
        words = line.split()
        if words[:1] == ["exit"]:
            return int(words[1]) % 256 if words[1:] and words[1].isdigit() else code
        try:
            if re.search(r"[|&<>$`'\"]", line):
                await terminal.write("sh: the simulated shell knows plain words alone\n", _STDERR)
                code = 2
            elif words:
                code = await _run(words, terminal)
        except KeyError:
            await terminal.write(f"sh: {words[0]}: not found\n", _STDERR)
            code = 127
    return code


async def _status(command: list[str], terminal: _Terminal) -> JsonObject:
    """Run the command, and return how it ended, in the sentences of kubelet and containerd."""
    await terminal.write("")  # the streams are there
    try:
        code = await _run(command, terminal)
    except KeyError:
        return _broken(
            "Internal error occurred: error executing command in container: failed to exec in "
            "container: failed to start exec: OCI runtime exec failed: exec failed: unable to "
            f'start container process: exec: "{command[0]}": executable file not found in $PATH: '
            "unknown"
        )
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    told = f"command terminated with non-zero exit code: command terminated with exit code {code}"
    cause = {"reason": "ExitCode", "message": str(code)}
    return _failure(told, cause) | {"reason": "NonZeroExitCode"}


def _broken(why: str) -> JsonObject:
    told = _failure(f"Internal error occurred: {why}", {"message": why})
    return told | {"reason": "InternalError", "code": 500}


def _failure(message: str, cause: JsonObject) -> JsonObject:
    details = {"causes": [cause]}
    return {"metadata": {}, "status": "Failure", "message": message, "details": details}
