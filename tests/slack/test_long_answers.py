"""What becomes of an answer that does not fit into a message: nothing of it is lost unsaid."""

import pytest

from bot.core.reply import Aside, Table, Text
from bot.demo.slack.visible import SeenFile, SeenMessage
from bot.demo.slack.workspace import TransportKind
from bot.slack.excerpts import FILE_BYTES
from tests.slack.rig import Rig, calls, rig
from tests.slack.scripted import PRIVATE, PUBLIC, plays

LONG = "".join(f"line {number} ä\n" for number in range(1, 1001))
MANY_PODS = Table("pods", ("NAME",), [(f"web-{number}",) for number in range(500)])


async def files_of(story: Rig, message: SeenMessage) -> list[SeenFile]:
    """Return the files of the message's thread, once one is there."""
    await message.until(lambda seen: any(reply.files for reply in seen.replies()))
    return [file for reply in message.replies() for file in reply.files]


async def test_the_whole_is_a_file_in_the_thread_with_all_its_bytes(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(Text(LONG, "log"))) as story:
        answer = await story.ada.slash(story.shop, "/kubectl logs web")
        [file] = await files_of(story, answer)
        assert file.content == LONG.encode()
        assert file.name == "kubectl-get-pods.log"
        assert sum(calls(story.slack, answer.act).values()) <= 5


async def test_the_message_shows_both_ends_and_says_how_much_is_hidden(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(Text(LONG))) as story:
        answer = await story.ada.slash(story.shop, "/kubectl logs web")
        lines = answer.plain().splitlines()
        assert lines[1:21] == LONG.splitlines()[:20]
        assert lines[21] == "… 970 lines are hidden. The whole is in the thread."
        assert lines[22:] == LONG.splitlines()[-10:]


async def test_in_a_thread_the_file_stays_in_that_thread(transport: TransportKind) -> None:
    async with rig(transport, plays(Text("ok\n")), plays(Text(LONG))) as story:
        alert = await story.eve.mention(story.shop, "")
        answer = await story.ada.mention(story.shop, "logs web", thread=alert)
        await answer.until(lambda _: any(reply.files for reply in alert.replies()))


@pytest.mark.parametrize(
    ("language", "name", "snippet"),
    [("yaml", "kubectl-get-pods.yaml", "yaml"), ("json", "kubectl-get-pods.json", "json")],
)
async def test_a_document_is_uploaded_as_what_it_is(
    transport: TransportKind, language: str, name: str, snippet: str
) -> None:
    part = Text(LONG, "yaml" if language == "yaml" else "json")
    async with rig(transport, plays(part)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods -o x")
        [file] = await files_of(story, answer)
        assert (file.name, file.snippet_type) == (name, snippet)


async def test_a_table_of_many_pages_is_whole_in_the_file(transport: TransportKind) -> None:
    async with rig(transport, plays(MANY_PODS)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        [file] = await files_of(story, answer)
        assert file.content.decode().split() == ["NAME", *(f"web-{n}" for n in range(500))]


async def test_a_long_private_answer_goes_to_the_dm_with_a_link(transport: TransportKind) -> None:
    async with rig(transport, plays(Text(LONG), heading=PRIVATE)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl logs web")
        assert answer.channel == story.ada.direct_channel().id
        assert answer.plain().startswith("prod/shop  kubectl get pods\nline 1 ä\n")
        [file] = await files_of(story, answer)
        assert file.content == LONG.encode()
        [link] = story.ada.sees(story.shop)
        assert link.ephemeral
        assert f"/p{answer.ts.replace('.', '')}" in link.text
        assert sum(calls(story.slack, answer.act).values()) <= 5
        assert story.eve.sees(story.shop) == []


async def test_many_warnings_follow_the_output_in_the_file(transport: TransportKind) -> None:
    warnings = [Aside(f"Warning: number {number}") for number in range(100)]
    async with rig(transport, plays(Text("ok\n"), *warnings)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        [file] = await files_of(story, answer)
        assert file.content.decode().splitlines() == ["ok", *(part.text for part in warnings)]


async def test_warnings_that_fit_stay_out_of_the_file(transport: TransportKind) -> None:
    async with rig(transport, plays(Text(LONG), Aside("Warning: old"))) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        [file] = await files_of(story, answer)
        assert file.content == LONG.encode()
        assert "Warning: old" in answer.plain()


async def test_what_is_too_big_for_a_file_says_so_and_how_to_ask_for_less(
    transport: TransportKind,
) -> None:
    huge = "x" * 79 + "\n"
    async with rig(transport, plays(*[Text(huge * 1000)] * (FILE_BYTES // 80_000 + 1))) as story:
        answer = await story.ada.slash(story.shop, "/kubectl logs web")
        assert "lines are hidden. This is more than 1 MB" in answer.plain()
        assert "--tail" in answer.plain()
        assert "the thread" not in answer.plain()
        assert calls(story.slack, answer.act) == {"chat.postMessage": 1}


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"]
)
async def test_a_file_that_slack_refuses_is_said_to_be_missing(
    transport: TransportKind, method: str
) -> None:
    async with rig(transport, plays(Text(LONG), heading=PUBLIC)) as story:
        story.slack.fail_next(method, error="missing_scope", status=400)
        answer = await story.ada.slash(story.shop, "/kubectl logs web")
        await answer.until("The whole cannot be sent")
        assert "970 lines are hidden." in answer.plain()
        assert "in the thread" not in answer.plain()
