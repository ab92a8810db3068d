"""What stands beside an answer's text: drawn in Slack, and sent where it is a file."""

from dataclasses import replace

import pytest

from bot.core.reply import (
    Attached,
    Chart,
    Choice,
    Choices,
    Fields,
    Link,
    Progress,
    Text,
)
from bot.demo.slack.workspace import TransportKind
from bot.slack.beside import Sidelines, bar
from tests.slack.rig import rig
from tests.slack.scripted import PUBLIC, plays

SEALED = replace(PUBLIC, seal="s")
CHART = Chart("CPU of web", b"\x89PNG bytes", "min 0.1, max 0.9, last 0.3 cores")
CHOICES = Choices("Which one?", (Choice("web", "get deploy web"), Choice("db", "get deploy db")))


async def test_a_chart_stands_in_the_message_itself(transport: TransportKind) -> None:
    async with rig(transport, plays(Text("cpu\n"), CHART)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl top pod")
        [image] = [block for block in answer.blocks if block["type"] == "image"]
        assert image["alt_text"] == "min 0.1, max 0.9, last 0.3 cores"
        assert image["slack_file"]["id"].startswith("F")


async def test_a_chart_that_cannot_be_sent_is_told_in_words(transport: TransportKind) -> None:
    async with rig(transport, plays(Text("cpu\n"), CHART)) as story:
        story.slack.fail_next("files.getUploadURLExternal", error="missing_scope")
        answer = await story.ada.slash(story.shop, "/kubectl top pod")
        assert "CPU of web: min 0.1, max 0.9, last 0.3 cores" in answer.plain()


async def test_a_file_hangs_in_the_answers_thread(transport: TransportKind) -> None:
    file = Attached("web.yaml", b"kind: Pod\n", "yaml")
    async with rig(transport, plays(Text("one file\n"), file)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        await answer.until(lambda _: any(reply.files for reply in answer.replies()))
        [sent] = [file for reply in answer.replies() for file in reply.files]
        assert (sent.name, sent.content, sent.snippet_type) == ("web.yaml", b"kind: Pod\n", "yaml")


async def test_a_choice_runs_as_whoever_chooses(transport: TransportKind) -> None:
    first = plays(Text("two\n"), CHOICES, heading=SEALED)
    async with rig(transport, first, plays(Text("chosen\n"))) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get deploy")
        assert "Which one?\n[web] [db]" in answer.plain()
        chosen = await answer.click("db", by=story.eve)
        assert "chosen" in chosen.plain()
        request = story.service.served[-1]
        assert request.text == "get deploy db"
        assert request.person.key.endswith(story.eve.id)


async def test_a_link_leads_to_where_more_is_seen(transport: TransportKind) -> None:
    link = Link("Prometheus", "https://prometheus.example.org/graph?g0.expr=up")
    async with rig(transport, plays(Text("1\n"), link)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl top pod")
        [element] = [
            one
            for block in answer.blocks
            for line in block.get("elements", ())
            for one in line.get("elements", ())
            if one.get("type") == "link"
        ]
        assert (element["url"], element["text"]) == (link.url, "Prometheus")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x y", "", "https://x/" + "a" * 2000, "https://a|b"]
)
def test_what_is_no_address_of_a_page_is_left_out(url: str) -> None:
    beside = Sidelines()
    beside.add(Link("Prometheus", url))
    assert beside.links == []


def test_a_bar_says_how_far_it_is() -> None:
    assert bar(Progress("k", "web", 3, 5)) == "▓▓▓▓▓▓░░░░ 3/5 web"
    assert bar(Progress("k", "pods", 7, 0)) == "7 pods"
    assert bar(Progress("k", "web", 9, 5)) == "▓▓▓▓▓▓▓▓▓▓ 9/5 web"


def test_a_later_progress_of_the_same_key_takes_the_place() -> None:
    sidelines = Sidelines()
    for done in range(4):
        sidelines.add(Progress("web", "web", done, 3))
    assert [one.done for one in sidelines.last_bars()] == [3]


def test_what_has_no_room_is_counted() -> None:
    sidelines = Sidelines()
    sidelines.add(Fields(tuple((f"name {n}", "value") for n in range(20))))
    for _ in range(7):
        sidelines.add(Attached("a", b"", ""))
    assert sidelines.remarks() == ["… 8 more values are not shown.", "2 more files are not shown."]
