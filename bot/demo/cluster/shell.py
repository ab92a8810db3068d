"""The few commands that a simulated container has, and a shell that is just able to run them.

Everything else is not found, as in an image that has only these. The shell knows `;`, `&&`, `||`,
`>&2`, `$NAME`, `$?` and `exit`; it says so when it is asked for more.
"""

import re
import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.core.clock import Clock

FILES = {"hello.txt": "hello from the container\n", "os-release": "NAME=Simulated\n"}
PROMPT = "/ # "


class Console(Protocol):
    """Where a command's input comes from and its output goes."""

    @property
    def tty(self) -> bool:
        """Whether somebody types on a terminal."""
        ...

    async def line(self) -> str | None:
        """Return the next line of the input with its end, or None when there is no more."""
        ...

    async def write(self, text: str, *, error: bool = False) -> None:
        """Write to the standard output, or to the standard error."""
        ...


@dataclass(frozen=True, slots=True)
class Container:
    """What a command can see of where it runs."""

    hostname: str
    environment: Mapping[str, str]
    clock: Clock


class CommandNotFoundError(Exception):
    """The container has no such command."""


@dataclass(slots=True)
class _Process:
    container: Container
    console: Console
    to_error: bool = False
    """Whether its output goes to the standard error."""
    code: int = 0
    """How the last command ended."""
    ended: bool = False

    async def say(self, text: str) -> int:
        await self.console.write(text, error=self.to_error)
        return 0

    async def fail(self, text: str, code: int = 1) -> int:
        await self.console.write(f"{text}\n", error=True)
        return code


_Command: TypeAlias = Callable[[_Process, list[str]], Awaitable[int]]


async def run(command: Sequence[str], container: Container, console: Console) -> int:
    """Run a command to its end and return its exit code.

    Raises:
        CommandNotFoundError: nothing was run.
    """
    return await _run(command, _Process(container, console))


async def _run(command: Sequence[str], process: _Process) -> int:
    name = command[0].removeprefix("/usr").removeprefix("/bin/")
    if name in _TEXTS:
        return await process.say(_TEXTS[name](process.container))
    if name not in _COMMANDS:
        raise CommandNotFoundError(command[0])
    return await _COMMANDS[name](process, list(command[1:]))


async def _echo(process: _Process, words: list[str]) -> int:
    return await process.say(" ".join(words) + "\n")


async def _cat(process: _Process, names: list[str]) -> int:
    while not names and (line := await process.console.line()) is not None:
        await process.say(line)
    for name in names:
        if name.lstrip("/") not in FILES:
            return await process.fail(f"cat: {name}: No such file or directory")
        await process.say(FILES[name.lstrip("/")])
    return 0


async def _sleep(process: _Process, words: list[str]) -> int:
    try:
        seconds = float(words[0])
    except (IndexError, ValueError):
        return await process.fail("usage: sleep SECONDS")
    await process.container.clock.sleep(seconds)
    return 0


async def _false(_process: _Process, _words: list[str]) -> int:
    return 1


async def _shell(process: _Process, words: list[str]) -> int:
    inner = _Process(process.container, process.console)
    if words[:1] == ["-c"]:
        await _script(inner, " ".join(words[1:2]))
        return inner.code
    while not inner.ended:
        if process.console.tty:
            await process.say(PROMPT)
        line = await process.console.line()
        if line is None:
            break
        await _script(inner, line)
    return inner.code


_COMMANDS: Mapping[str, _Command] = {
    "bash": _shell, "cat": _cat, "echo": _echo, "false": _false, "sh": _shell, "sleep": _sleep,
}  # fmt: skip
_TEXTS: Mapping[str, Callable[[Container], str]] = {
    "date": lambda container: f"{container.clock.now():%a %b %e %H:%M:%S UTC %Y}\n",
    "env": lambda container: "".join(f"{k}={v}\n" for k, v in container.environment.items()),
    "hostname": lambda container: f"{container.hostname}\n",
    "id": lambda _: "uid=0(root) gid=0(root) groups=0(root)\n",
    "ls": lambda _: "".join(f"{name}\n" for name in FILES),
    "true": lambda _: "",
}


async def _script(process: _Process, text: str) -> None:
    """Run what a shell was given, until its end or an `exit`."""
    lexer = shlex.shlex(text.strip().replace("\n", " ; "), posix=True, punctuation_chars=";&|><")
    lexer.whitespace_split = True
    try:
        words = [*lexer, ";"]
    except ValueError as error:
        process.code = await process.fail(f"sh: syntax error: {error}", 2)
        return
    command: list[str] = []
    wanted: bool | None = None
    for word in words:
        if word not in (";", "&&", "||"):
            command.append(word)
            continue
        if command and wanted in (None, process.code == 0):
            process.code = await _simple(process, command)
        if process.ended:
            return
        command, wanted = [], {"&&": True, "||": False}.get(word)


async def _simple(process: _Process, words: list[str]) -> int:
    to_error = words[-2:] == [">&", "2"]
    names = {**process.container.environment, "?": str(process.code)}
    words = [
        re.sub(r"\$(\w+|\?)", lambda found: names.get(found[1], ""), word)
        for word in (words[:-2] if to_error else words)
    ]
    if words[0] == "exit":
        process.ended = True
        return int(words[1]) % 256 if words[1:] and words[1].isdigit() else process.code
    if any(word and set(word) <= set(";&|><") for word in words):
        return await process.fail("sh: the simulated shell has neither pipes nor files", 2)
    try:
        return await _run(words, _Process(process.container, process.console, to_error))
    except CommandNotFoundError:
        return await process.fail(f"sh: {words[0]}: not found", 127)
