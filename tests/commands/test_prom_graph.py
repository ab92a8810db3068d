"""`prom graph`: what was typed is what is drawn, and what is not seen in the picture is said."""

from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.errors import BusyError
from bot.core.measures import Unit
from bot.core.picture import Marker, Threshold
from bot.core.reply import Chart, Choices, Link, Table, Verdict
from bot.core.request import Place, Surface
from tests.commands.measured import LINK, REPLICA_SETS, Measured, measured
from tests.engine.rig import LOBBY, Answer
from tests.kube.server import body, status
from tests.kube.test_releases import replica_set

TERMINAL = Place(Surface.TERMINAL)


@pytest_asyncio.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Measured]:
    async with measured(tmp_path) as running:
        running.holds("node_load1", lambda ago: 1.0, node="a")
        running.holds("node_load1", lambda ago: 2.0 + ago / 3_600, node="b")
        yield running


def verdicts(answer: Answer) -> list[str]:
    assert answer.code == 0, answer.problem.text
    told = (part.text for part in answer.parts if isinstance(part, Verdict))
    return [line for text in told for line in text.splitlines()]


def chart(answer: Answer) -> Chart:
    [found] = [part for part in answer.parts if isinstance(part, Chart)]
    return found


async def test_a_graph_is_a_picture_and_its_numbers_in_words(shop: Measured) -> None:
    answer = await shop.say("prom graph node_load1 30m")
    assert chart(answer) == Chart(
        "node_load1",
        b"\x89PNG",
        "b: min 2, avg 2.25, max 2.5, last 2; a: min 1, avg 1, max 1, last 1",
    )
    assert [line.label for line in shop.picture.lines] == ["b", "a"]
    assert (shop.picture.end - shop.picture.start, shop.picture.step) == (1_800, 15)
    assert len(shop.picture.lines[0].points) == 121


async def test_whose_series_they_are_is_said(shop: Measured) -> None:
    answer = await shop.say("prom graph node_load1")
    assert verdicts(answer) == [
        "2 series; last 1 to 2, max of all 3.",
        "Of namespace shop alone, 1h until 2026-01-01 12:00:00 UTC.",
        "All: node_load1, namespace=shop.",
    ]
    everything = await shop.say("prom graph -A node_load1", LOBBY)
    assert verdicts(everything)[1] == "Of all namespaces, 1h until 2026-01-01 12:00:00 UTC."


async def test_of_another_namespace_nothing_is_drawn(shop: Measured) -> None:
    shop.holds("secret", lambda ago: 1.0, namespace="ops")
    answer = await shop.say("prom graph secret")
    assert verdicts(answer)[0].startswith("No series. ")
    assert shop.drawn.pictures == []


async def test_a_metric_that_is_not_there_is_answered_with_those_that_are_near(
    shop: Measured,
) -> None:
    answer = await shop.say("prom graph node_laod1")
    [choices] = [part for part in answer.parts if isinstance(part, Choices)]
    assert "prom graph node_load1" in [one.phrase for one in choices.options]


async def test_the_picture_links_to_prometheus(shop: Measured) -> None:
    answer = await shop.say("prom graph node_load1 2h")
    [link] = [part for part in answer.parts if isinstance(part, Link)]
    assert link.url.startswith(f"{LINK}/query?g0.expr=node_load1")
    assert "range_input=7200s" in link.url


async def test_flags_say_how_it_is_drawn(shop: Measured) -> None:
    await shop.say(
        "prom graph --dark --log --unit seconds --threshold 0.5=limit --threshold 3"
        " --from 11:30 --to 11:45 --step 30s node_load1"
    )
    drawn = shop.picture
    assert (drawn.dark, drawn.logarithmic, drawn.unit) == (True, True, Unit("seconds"))
    assert drawn.thresholds == (Threshold(0.5, "limit"), Threshold(3.0))
    assert (drawn.end - drawn.start, drawn.step) == (900, 30)


async def test_the_unit_follows_from_the_expression(shop: Measured) -> None:
    shop.holds("http_requests_total", lambda ago: 7_200 - ago)
    await shop.say("prom graph --stack rate(http_requests_total[5m])")
    assert shop.picture.unit == Unit(per_second=True)
    assert shop.picture.stacked


async def test_yesterday_is_drawn_beside_today(shop: Measured) -> None:
    shop.holds("queue", lambda ago: 5.0 if ago > 80_000 else 1.0, hours=26, node="a")
    answer = await shop.say("prom graph --compare 1d queue")
    now, before = shop.picture.lines
    assert (before.earlier, before.label) == (True, now.label)
    assert before.points[-1] == (shop.picture.end, 5.0)
    assert "Dashed: 1d earlier." in verdicts(answer)


async def test_where_nothing_was_a_day_ago_that_is_said(shop: Measured) -> None:
    answer = await shop.say("prom graph --compare 1d node_load1")
    assert "Nothing of 1d earlier belongs to these series." in verdicts(answer)
    assert not any(line.earlier for line in shop.picture.lines)


async def test_what_lies_between_long_steps_is_said(shop: Measured) -> None:
    answer = await shop.say("prom graph node_load1 6h")
    assert verdicts(answer)[-1].startswith("Each point is the last value of 2m;")


async def test_a_gap_stays_a_gap(shop: Measured) -> None:
    shop.holds("batch", lambda ago: 1.0, node="a")
    [series] = [one for one in shop.store.everything() if one.labels["__name__"] == "batch"]
    for times in (slice(80, 160),):
        del series.times[times], series.values[times]
    await shop.say("prom graph batch")
    moments = [at for at, _ in shop.picture.lines[0].points]
    # Prometheus goes on with the last value for five minutes.
    longest = max(later - sooner for sooner, later in pairwise(moments))
    assert longest == 81 * 15 - 300 + 15


def pods(count: int) -> Iterator[tuple[str, float]]:
    return ((f"web-7f9c6b5d4-{n:05}", float(n)) for n in range(count))


async def test_rollouts_of_what_is_seen_are_marked(shop: Measured) -> None:
    for pod, value in pods(2):
        shop.holds("cpu", lambda ago, value=value: value, pod=pod)  # type: ignore[misc]
    sets = [
        replica_set("web-7f9c6b5d4", "10:30", 5),
        replica_set("db-5c8d", "10:40", 7, owner="db"),
    ]
    for each in sets:
        made = each["metadata"]["creationTimestamp"]
        each["metadata"]["creationTimestamp"] = made.replace("2026-11-29T10", "2026-01-01T11")
    shop.bot.server.on(REPLICA_SETS, body({"kind": "ReplicaSetList", "items": sets}))
    answer = await shop.say("prom graph cpu")
    assert "Rolled out: web rev 5 (1 Jan 11:30)." in verdicts(answer)
    end = shop.picture.end
    assert shop.picture.markers == (Marker(end - 1_800, "web rev 5"),)


async def test_without_the_right_to_see_rollouts_the_picture_is_there(shop: Measured) -> None:
    shop.bot.server.on(REPLICA_SETS, status(403, "Forbidden", "no"))
    answer = await shop.say("prom graph node_load1")
    assert "Rollouts are not marked: you may not list ReplicaSets there." in verdicts(answer)
    assert shop.picture.markers == ()


async def test_where_nothing_can_be_drawn_its_numbers_are_said(shop: Measured) -> None:
    shop.drawn.fails = BusyError("error: too many pictures wait to be drawn", next_step="Wait.")
    answer = await shop.say("prom graph node_load1")
    assert answer.code == 0
    assert "b: min 2, avg 2.5, max 3, last 2" in answer.text
    assert "too many pictures wait to be drawn. Wait." in answer.text


async def test_a_terminal_shows_small_lines(shop: Measured) -> None:
    answer = await shop.say("prom graph node_load1", TERMINAL)
    [table] = [part for part in answer.parts if isinstance(part, Table)]
    assert table.columns == ("SERIES", "MIN", "AVG", "MAX", "LAST", "LINE")
    assert [row[:-1] for row in table.rows] == [
        ("b", "2", "2.5", "3", "2"),
        ("a", "1", "1", "1", "1"),
    ]
    assert table.rows[0][-1].startswith("█")
    assert shop.drawn.pictures == []


async def test_a_picture_for_a_file_is_drawn_in_a_terminal_alone(shop: Measured) -> None:
    answer = await shop.say("prom graph -o png=load.png node_load1 30m", TERMINAL)
    assert chart(answer).file == "load.png"
    assert shop.picture.end - shop.picture.start == 1_800
    shop.drawn.fails = BusyError("error: the picture could not be drawn")
    answer = await shop.say("prom graph -o png=load.png node_load1", TERMINAL)
    assert isinstance(answer.problem, BusyError)
    answer = await shop.say("prom graph -o png=load.png node_load1")
    assert answer.problem.text == "error: files are written in a terminal alone"


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("prom graph -o png up", "-o png is unknown here"),
        ("prom graph -o svg=up.svg up", "-o svg=up.svg is unknown here"),
        ("prom graph", "there is no expression"),
        ("prom graph --range 1h up 2h", "one too many"),
        ("prom graph --log --stack up", "cannot be read on a logarithmic axis"),
        ("prom graph --stack --compare 1d up", "hides what it is compared with"),
        ("prom graph --unit miles up", "is no unit"),
        ("prom graph --threshold high up", "is no number"),
        ("prom graph --threshold nan up", "is no number"),
        ("prom graph sum(up", "unclosed left parenthesis\n  sum(up"),
        ("prom graph up[5m]", "range query"),
        ("prom graph up 30d", "longer than"),
    ],
)
async def test_what_cannot_be_drawn_is_said_with_what_to_type(
    shop: Measured, phrase: str, words: str
) -> None:
    answer = await shop.say(phrase, LOBBY)
    assert words in answer.problem.text
    assert answer.problem.next_step
