"""What people see when they press below a result: three of them in one channel."""

from pathlib import Path

from bot.demo.slack.people import Person
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.workspace import TransportKind
from tests.slack.shop import HIDDEN, OPEN, shop

TYPED = "/kubectl get pods"
NAMES = [row[0] for row in (*OPEN, *HIDDEN)]


def names(message: SeenMessage) -> list[str]:
    """Return the first word of each row that is shown."""
    words = (line.split("   ")[0] for line in message.plain().splitlines())
    return [word for word in words if word.rpartition("-")[2].isdecimal()]


async def filtered(answer: SeenMessage, by: Person, **said: object) -> SeenMessage:
    """Press Filter, fill the form in, and return what is then seen."""
    await answer.click("Filter", by=by)
    return await by.modal.submit({"Rows with": said.pop("rows"), **said})


async def test_a_result_offers_what_can_be_done_with_it(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        assert names(answer) == NAMES
        assert {button.label for button in answer.buttons} >= {"Filter", "Refresh"}
        assert "Share" not in {button.label for button in answer.buttons}


async def test_a_filter_by_who_asked_changes_their_message_and_asks_nothing_again(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        shown = await filtered(answer, story.ada, rows="VAULT")
        assert shown.ts == answer.ts
        assert "1 of 4 rows" in shown.plain()
        assert names(answer) == ["vault-0"]
        assert answer.seen_by(story.eve).plain() == answer.plain()
        assert story.fetched() == 1


async def test_eve_filters_adas_message_and_sees_only_what_eve_may_see(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        story.rows.append(["vault-1", "1/1", "Running", "0", "90s"])
        answer = await story.ada.slash(story.channel, TYPED)
        shown = await filtered(answer, story.eve, rows="-1")
        assert shown.ephemeral
        assert names(shown) == ["web-1", "web-10"]
        assert names(answer) == [*NAMES, "vault-1"]
        assert story.fetched() == 2
        assert [m for m in story.ada.sees(story.channel) if m.ephemeral] == []


async def test_eve_refreshes_adas_message_and_sees_only_what_eve_may_see(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        shown = await answer.click("Refresh", by=story.eve)
        assert shown.ephemeral
        assert names(shown) == [row[0] for row in OPEN]
        assert names(answer) == NAMES
        assert story.server.asked[-1].all("Impersonate-Group") == ["quarterdeck:viewers"]


async def test_a_stranger_presses_and_is_refused(transport: TransportKind, tmp_path: Path) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        shown = await answer.click("Refresh", by=story.mallory)
        assert shown.ephemeral
        assert "You are not in this bot's policy" in shown.plain()
        assert names(shown) == []
        assert story.fetched() == 1


async def test_someone_with_the_same_rights_is_served_what_was_fetched(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        shown = await filtered(answer, story.bob, rows="vault")
        assert shown.ephemeral
        assert names(shown) == ["vault-0"]
        assert names(answer) == NAMES
        assert story.fetched() == 1


async def test_a_refresh_by_who_asked_changes_their_message(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        del story.rows[0]
        await answer.click("Refresh")
        await answer.until(lambda seen: names(seen) == NAMES[1:])
        assert len(story.ada.sees(story.channel)) == 1


async def test_rows_are_sorted_as_people_sort_them(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        await answer.choose("Sort by", "AGE")
        await answer.until("Sorted by AGE")
        assert names(answer) == ["vault-0", "web-10", "web-2", "web-1"]
        await answer.choose("Sort by", "NAME, reversed")
        await answer.until("Sorted by NAME, reversed")
        assert names(answer) == ["web-10", "web-2", "web-1", "vault-0"]
        assert story.fetched() == 1


async def test_pages_show_every_row_and_ask_nothing_again(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        story.rows[:] = [[f"web-{n}", "1/1", "Running", "0", "1d"] for n in range(100)]
        answer = await story.ada.slash(story.channel, TYPED)
        await answer.click("Page 1/5 ▶")
        await answer.until("Page 1 of 5")
        seen = names(answer)
        for page in range(2, 6):
            await answer.click(f"{page}/5 ▶")
            await answer.until(f"Page {page} of 5")
            seen += names(answer)
        assert seen == [f"web-{n}" for n in range(100)]
        assert all(not button.label.endswith("▶") for button in answer.buttons)
        await answer.click("◀ 4/5")
        await answer.until("Page 4 of 5")
        assert story.fetched() == 1


async def test_a_wrong_pattern_is_said_in_the_form(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        await answer.click("Filter")
        form = await story.ada.modal.advance(
            {"Rows with": "web-(", "How it is read": ["Regular expression"]}
        )
        assert list(form.errors) == ["Rows with"]
        await form.submit({"Rows with": "web-(1|2)$|web-10 "})
        await answer.until("1 of 4 rows")
        assert names(answer) == ["web-10"]


async def test_rows_without_a_text_are_shown_too(transport: TransportKind, tmp_path: Path) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        without = {"How it is read": ["Only the rows without it"]}
        await filtered(answer, story.ada, rows="Running", **without)
        assert "1 of 4 rows, without “Running”." in answer.plain()
        assert names(answer) == ["web-10"]


async def test_a_result_that_expired_says_so_and_refresh_still_works(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, TYPED)
        story.results.items.clear()
        told = await answer.choose("Sort by", "AGE")
        assert told.ephemeral
        assert told.plain() == "This result is older than 24 h: press Refresh."
        del story.rows[0]
        await answer.click("Refresh")
        await answer.until(lambda seen: names(seen) == NAMES[1:])


async def test_a_private_answer_is_shared_only_where_the_policy_lets(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path, share=True) as story:
        answer = await story.ada.slash(story.channel, f"{TYPED} -n ops")
        assert answer.ephemeral
        shared = await answer.click("Share")
        assert not shared.seen_by(story.eve).ephemeral
        assert names(shared) == NAMES
        assert "Shared by @ada" in shared.plain()
        recorded = [one for one in story.ledger.entries if one.happening == "shared"]
        assert [(one.canonical, one.where.channel) for one in recorded] == [
            ("get pods -n ops", story.channel.id)
        ]
        eves = await shared.click("Refresh", by=story.eve)
        assert eves.ephemeral
        assert names(eves) == [row[0] for row in OPEN]


async def test_without_the_policys_leave_there_is_no_share(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, f"{TYPED} -n ops")
        assert answer.ephemeral
        assert "Share" not in {button.label for button in answer.buttons}


async def test_ones_private_answer_changes_in_place(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, f"{TYPED} -n ops")
        await answer.choose("Sort by", "RESTARTS, reversed")
        await answer.until("Sorted by RESTARTS, reversed")
        assert names(answer) == ["web-2", "web-10", "web-1", "vault-0"]
        assert story.eve.sees(story.channel) == []


async def test_the_next_page_of_a_sorted_result_is_another_page(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with shop(transport, tmp_path) as story:
        story.rows[:] = [[f"web-{n}", "1/1", "Running", "0", "1d"] for n in range(100)]
        answer = await story.ada.slash(story.channel, TYPED)
        await answer.choose("Sort by", "NAME, reversed")
        await answer.until("page 1 of 5")
        first = names(answer)
        await answer.click("2/5 ▶")
        await answer.until("page 2 of 5")
        assert not set(first) & set(names(answer))
        assert story.fetched() == 1
