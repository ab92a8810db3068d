"""The commands of a simulated container."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.demo.cluster.shell import PROMPT, CommandNotFoundError, Container, run
from tests.clock import ManualClock


@dataclass
class Recorded:
    """A console that gives lines and keeps what is written."""

    lines: list[str] = field(default_factory=list)
    tty: bool = False
    out: str = ""
    error: str = ""

    async def line(self) -> str | None:
        return self.lines.pop(0) if self.lines else None

    async def write(self, text: str, *, error: bool = False) -> None:
        if error:
            self.error += text
        else:
            self.out += text


def container(clock: ManualClock | None = None) -> Container:
    return Container("web-1", {"A": "one"}, clock or ManualClock())


async def ran(*command: str, stdin: tuple[str, ...] = ()) -> tuple[int, str, str]:
    console = Recorded(list(stdin))
    code = await run(command, container(), console)
    return code, console.out, console.error


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (("echo", "a", "b"), (0, "a b\n", "")),
        (("/bin/true",), (0, "", "")),
        (("false",), (1, "", "")),
        (("hostname",), (0, "web-1\n", "")),
        (("id",), (0, "uid=0(root) gid=0(root) groups=0(root)\n", "")),
        (("env",), (0, "A=one\n", "")),
        (("date",), (0, "Thu Jan  1 12:00:00 UTC 2026\n", "")),
        (("ls",), (0, "hello.txt\nos-release\n", "")),
        (("cat", "hello.txt"), (0, "hello from the container\n", "")),
        (("cat", "/none"), (1, "", "cat: /none: No such file or directory\n")),
        (("sleep",), (1, "", "usage: sleep SECONDS\n")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) and "" not in value else None,
)
async def test_a_command_says_its_words(
    command: tuple[str, ...], result: tuple[int, str, str]
) -> None:
    assert await ran(*command) == result


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("echo a; echo b", (0, "a\nb\n", "")),
        ("false && echo a || echo b", (0, "b\n", "")),
        ("true && echo a", (0, "a\n", "")),
        ("echo a\necho b", (0, "a\nb\n", "")),
        ("echo a >&2", (0, "", "a\n")),
        ("echo $A-$B", (0, "one-\n", "")),
        ("false; echo $?", (0, "1\n", "")),
        ("exit 7; echo a", (7, "", "")),
        ("false; exit", (1, "", "")),
        ("sh -c 'exit 3'; echo $?", (0, "3\n", "")),
        ("nosuch", (127, "", "sh: nosuch: not found\n")),
        ("echo a | cat", (2, "", "sh: the simulated shell has neither pipes nor files\n")),
        ("echo a > b", (2, "", "sh: the simulated shell has neither pipes nor files\n")),
        ("echo 'a", (2, "", "sh: syntax error: No closing quotation\n")),
        ("", (0, "", "")),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_a_shell_runs_a_script(script: str, result: tuple[int, str, str]) -> None:
    assert await ran("sh", "-c", script) == result


async def test_a_shell_reads_lines_until_it_is_told_to_exit() -> None:
    found = await ran("/bin/bash", stdin=("echo a\n", "false\n", "exit 5\n", "echo b\n"))
    assert found == (5, "a\n", "")


async def test_a_shell_ends_as_its_last_line_did() -> None:
    assert await ran("sh", stdin=("false\n",)) == (1, "", "")


async def test_a_shell_on_a_terminal_asks_for_each_line() -> None:
    console = Recorded(["echo a\n"], tty=True)
    await run(["sh"], container(), console)
    assert console.out == f"{PROMPT}a\n{PROMPT}"


async def test_cat_gives_back_what_it_reads() -> None:
    assert await ran("cat", stdin=("a\n", "b")) == (0, "a\nb", "")


async def test_an_unknown_command_is_not_found() -> None:
    with pytest.raises(CommandNotFoundError, match="nosuch"):
        await ran("nosuch")


async def test_sleep_sleeps_on_the_clock() -> None:
    clock = ManualClock()
    asleep = asyncio.create_task(run(["sleep", "600"], container(clock), Recorded()))
    await clock.advance(599)
    assert not asleep.done()
    await clock.advance(1)
    assert await asleep == 0
