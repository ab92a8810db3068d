"""Pictures come from a helper process that may hang, die or talk nonsense, and is replaced then."""

import asyncio
import json
import math
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.core.errors import BusyError
from bot.core.picture import Line, Picture
from bot.render.drawing import IDLE_SECONDS, PICTURE_SECONDS, WAITING, Drawer
from tests.clock import ManualClock

SCRIPTED = (sys.executable, "-m", "tests.render.scripted_helper")


# As many points as the settings allow, where nothing else is set.
POINTS = [(float(at), math.sin(at / 9)) for at in range(11_000)]
LARGE = Picture("long", tuple(Line(f"web-{n}", POINTS) for n in range(9)), 0.0, 11_000.0, 1.0)


def picture(title: str, lines: int = 1) -> Picture:
    points = [(float(at), math.sin(at / 9)) for at in range(0, 900, 15)]
    return Picture(title, tuple(Line(f"web-{n}", points) for n in range(lines)), 0.0, 900.0, 15.0)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest_asyncio.fixture
async def drawer(clock: ManualClock) -> AsyncIterator[Drawer]:
    made = Drawer(clock, SCRIPTED)
    yield made
    await made.close()


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Seen:
    """What the real helper did."""

    png: bytes
    limits: str
    """Its own, as Linux tells them; elsewhere nothing."""
    large: bytes
    """The picture of the many points."""
    turns: int
    """How often others had theirs, at least, while the large one was drawn."""
    ended: int
    """Its exit status, once whoever started it wrote no more."""
    rest: bytes
    said: Sequence[Mapping[str, object]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real() -> Seen:
    """Let one real helper, whose start takes longer than most pictures, draw and end by itself."""
    drawer = Drawer(ManualClock())
    try:
        with capture_logs() as said:
            png = await drawer.draw(picture("up", 3))
            limits = Path(f"/proc/{drawer.process}/limits")
            told = limits.read_text("utf-8") if limits.exists() else ""
            large, turns = await in_turns(drawer.draw(LARGE))
            ended, rest = await left_alone(drawer)
        return Seen(png, told, large, turns, ended, rest, said)
    finally:
        await drawer.close()


async def in_turns(drawing: Coroutine[Any, Any, bytes]) -> tuple[bytes, int]:
    """Return what is drawn, and how many turns others had by then: those that count, no more."""
    drawn, turns = asyncio.create_task(drawing), 0
    while not drawn.done() and turns <= len(LARGE.lines):
        await asyncio.sleep(0)
        turns += 1
    return await drawn, turns


async def left_alone(drawer: Drawer) -> tuple[int, bytes]:
    """Return how the helper ends when nobody writes to it any more, and what it still printed."""
    process = drawer._process
    assert process is not None
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    async with asyncio.timeout(60):
        rest = await process.stdout.read()
        return await process.wait(), rest


def test_the_helper_draws_a_png(real: Seen) -> None:
    assert real.png.startswith(b"\x89PNG\r\n")
    assert (int.from_bytes(real.png[16:20]), int.from_bytes(real.png[20:24])) == (1200, 675)


def test_drawing_holds_nothing_up(real: Seen) -> None:
    assert real.large.startswith(b"\x89PNG")
    # Once for each frame at least: no line is sent together with another.
    assert real.turns > len(LARGE.lines)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_helper_has_limits_of_its_own(real: Seen) -> None:
    told = {line[:26].strip(): line[26:46].strip() for line in real.limits.splitlines()}
    assert 200 * 2**20 < int(told["Max address space"]) < 2**30
    assert told["Max core file size"] == "0"
    assert told["Max file size"] == str(2**24)
    assert told["Max open files"] == "256"
    assert 20 <= int(told["Max cpu time"]) < 60


def test_the_helper_ends_with_whoever_started_it(real: Seen) -> None:
    assert (real.ended, real.rest, real.said) == (0, b"", [])


async def test_one_process_draws_what_is_asked_for_at_once(drawer: Drawer) -> None:
    assert drawer.process is None
    drawn = await asyncio.gather(*(drawer.draw(picture(f"p{n}")) for n in range(3)))
    first = drawer.process
    assert drawn == [b"p0", b"p1", b"p2"]
    assert await drawer.draw(picture("p3")) == b"p3"
    assert drawer.process == first


@pytest.mark.parametrize("how", ["die", "half", "garbage", "fail"])
async def test_a_picture_that_fails_is_said_and_the_next_one_is_drawn(
    drawer: Drawer, how: str
) -> None:
    with pytest.raises(BusyError, match="the picture could not be drawn"):
        await drawer.draw(picture(how))
    assert await drawer.draw(picture("after")) == b"after"


async def test_a_process_that_died_meanwhile_is_no_fault_of_the_next_picture(
    drawer: Drawer,
) -> None:
    await drawer.draw(picture("before"))
    before = drawer.process
    assert before is not None
    os.kill(before, SIGKILL)
    assert await drawer.draw(picture("after")) == b"after"
    assert drawer.process != before


async def test_a_process_that_hangs_is_ended(drawer: Drawer, clock: ManualClock) -> None:
    await drawer.draw(picture("before"))
    before = drawer.process
    assert before is not None
    hanging = asyncio.create_task(drawer.draw(picture("hang")))
    await clock.someone_sleeps(PICTURE_SECONDS)
    await clock.advance(PICTURE_SECONDS)
    with pytest.raises(BusyError, match="took over 10 seconds"):
        await hanging
    assert not is_there(before)
    assert await drawer.draw(picture("after")) == b"after"


async def test_who_no_longer_waits_leaves_no_answer_behind(
    drawer: Drawer, clock: ManualClock
) -> None:
    waiting = asyncio.create_task(drawer.draw(picture("hang")))
    await clock.someone_sleeps(PICTURE_SECONDS)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    assert drawer.process is None
    assert await drawer.draw(picture("after")) == b"after"


async def test_who_leaves_at_once_leaves_no_folder_behind(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for passes in range(1, 5):
        drawer = Drawer(clock, SCRIPTED)
        waiting = asyncio.create_task(drawer.draw(picture("one")))
        for _ in range(passes):
            await asyncio.sleep(0)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        await drawer.close()
    assert list(tmp_path.iterdir()) == []


async def test_the_process_ends_when_nothing_is_drawn(drawer: Drawer, clock: ManualClock) -> None:
    await drawer.draw(picture("one"))
    await clock.advance(IDLE_SECONDS - 1)
    await drawer.draw(picture("two"))
    await clock.advance(IDLE_SECONDS - 1)
    process = drawer.process
    assert process is not None
    await clock.advance(1)
    async with asyncio.timeout(10):
        while is_there(process):
            await asyncio.sleep(0)
    assert drawer.process is None


async def test_too_many_are_told_to_come_later(drawer: Drawer, clock: ManualClock) -> None:
    asked = [asyncio.create_task(drawer.draw(picture("hang")))]
    await clock.someone_sleeps(PICTURE_SECONDS)
    asked += [asyncio.create_task(drawer.draw(picture(f"p{n}"))) for n in range(1, WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError, match="too many pictures wait"):
        await drawer.draw(picture("one more"))
    await clock.advance(PICTURE_SECONDS)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert answers[1:] == [f"p{n}".encode() for n in range(1, WAITING)]


async def test_it_closes_while_a_picture_is_drawn(clock: ManualClock) -> None:
    drawer = Drawer(clock, SCRIPTED)
    told = json.loads(await drawer.draw(picture("environment")))
    process = drawer.process
    asked = [asyncio.create_task(drawer.draw(picture("hang"))) for _ in range(2)]
    await clock.someone_sleeps(PICTURE_SECONDS)
    await drawer.close()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, BusyError) for answer in answers)
    assert process is not None
    assert not is_there(process)
    assert not Path(told["MPLCONFIGDIR"]).exists()
    with pytest.raises(BusyError, match="the bot stops"):
        await drawer.draw(picture("late"))


@pytest.mark.parametrize("again", [False, True], ids=["at-first", "after-one-that-died"])
async def test_it_closes_while_the_process_starts(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, again: bool
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for passes in range(1, 12):
        drawer = Drawer(clock, SCRIPTED)
        if again:
            await drawer.draw(picture("before"))
            assert drawer.process is not None
            os.kill(drawer.process, SIGKILL)
        drawing = asyncio.create_task(drawer.draw(picture("one")))
        for _ in range(passes):
            await asyncio.sleep(0)
        await drawer.close()
        assert drawer.process is None
        assert isinstance((await asyncio.gather(drawing, return_exceptions=True))[0], BusyError)
    assert list(tmp_path.iterdir()) == []


async def test_the_helper_is_told_no_secret(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_SLACK__BOT_TOKEN", "xoxb-secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:password@proxy")
    told = json.loads(await drawer.draw(picture("environment")))
    assert not {"QUARTERDECK_SLACK__BOT_TOKEN", "HTTPS_PROXY", "KUBECONFIG"} & told.keys()
    assert "secret" not in str(told)


async def test_what_the_helper_complains_of_is_logged(drawer: Drawer) -> None:
    with capture_logs() as logs:
        await drawer.draw(picture("complain"))
        await drawer.close()
    assert {"event": "charts", "said": "no font is left", "log_level": "warning"} in logs
