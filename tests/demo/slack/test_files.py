"""Files: three steps, each with its own refusals."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncSay
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import bolt_app, client_of, running
from tests.demo.slack.manifests import with_scopes


async def put(url: str, content: bytes) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=content) as response:
        return response.status, await response.text()


async def uploaded(client: AsyncWebClient, content: bytes = b"abc") -> str:
    place = await client.files_getUploadURLExternal(filename="a.txt", length=len(content))
    assert await put(place["upload_url"], content) == (200, f"OK - {len(content)}")
    file_id: str = place["file_id"]
    return file_id


async def refused(client: AsyncWebClient, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call("files.completeUploadExternal", params=arguments)
    error: str = caught.value.response["error"]
    return error


def files(*identifiers: str) -> str:
    return "[" + ",".join(f'{{"id":"{one}"}}' for one in identifiers) + "]"


async def test_an_upload_takes_the_announced_length_once(client: AsyncWebClient) -> None:
    place = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    url = place["upload_url"]
    assert (await put(url, b"four"))[0] == 400
    assert (await put(url, b"abc"))[0] == 200
    assert (await put(url, b"abc"))[0] == 404


async def test_an_upload_may_be_a_form(client: AsyncWebClient) -> None:
    place = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    form = aiohttp.FormData()
    form.add_field("file", b"abc", filename="a.txt")
    async with (
        aiohttp.ClientSession() as session,
        session.post(place["upload_url"], data=form) as response,
    ):
        assert await response.text() == "OK - 3"


@pytest.mark.parametrize("given", ["[]", "{}", '[{"id":"F0"}]'])
async def test_only_uploaded_files_are_completed(client: AsyncWebClient, given: str) -> None:
    wanted = "file_not_found" if "F0" in given else "invalid_arguments"
    assert await refused(client, files=given) == wanted


async def test_a_file_without_its_bytes_or_completed_before_is_not_found(
    client: AsyncWebClient,
) -> None:
    place = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    assert await refused(client, files=files(place["file_id"])) == "file_not_found"
    file_id = await uploaded(client)
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    assert await refused(client, files=files(file_id)) == "file_not_found"


async def test_a_file_goes_to_a_channel_by_its_id_only(
    slack: Workspace, client: AsyncWebClient, shop: Channel
) -> None:
    file_id, ops = await uploaded(client), slack.channel("ops")
    said = files(file_id)
    assert await refused(client, files=said, channel_id="#shop") == "channel_not_found"
    assert await refused(client, files=said, channel_id=ops.id) == "not_in_channel"
    assert await refused(client, files=said, channel_id=shop.id, thread_ts="1.2") == (
        "thread_not_found"
    )
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=shop.id)


async def test_a_markdown_block_beside_a_file_is_slacks_own_error(
    client: AsyncWebClient, shop: Channel, ada: Person
) -> None:
    file_id = await uploaded(client)
    blocks = '[{"type":"markdown","text":"# x"}]'
    arguments = {"files": files(file_id), "channel_id": shop.id, "blocks": blocks}
    assert await refused(client, **arguments) == "internal_error"
    arguments["blocks"] = '[{"type":"divider"}]'
    await client.api_call("files.completeUploadExternal", params=arguments)
    (message,) = ada.sees(shop)
    assert message.plain() == "----\n[file: a.txt]"


async def test_the_place_of_a_shared_file_is_learnt_from_files_info(clock: ManualClock) -> None:
    async with Workspace(clock=clock, manifest=with_scopes("files:read")) as slack:
        ada, client = slack.user("ada"), client_of(slack)
        shop = slack.channel("shop", members=[ada, slack.bot])
        file_id = await uploaded(client)
        answer = await client.files_completeUploadExternal(
            files=[{"id": file_id, "title": "Log"}], channel_id=shop.id
        )
        file = (await client.files_info(file=file_id))["file"]
        (message,) = ada.sees(shop)
        assert answer["files"][0]["shares"] == {}
        assert file["shares"] == {"public": {shop.id: [{"ts": message.ts}]}}
        assert (file["title"], file["size"], file["name"]) == ("Log", 3, "a.txt")


async def fetched(url: str, token: str) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, await response.read()


async def test_the_bytes_are_read_back_with_a_token(
    slack: Workspace, client: AsyncWebClient
) -> None:
    file_id = await uploaded(client, b"bytes")
    completed = await client.files_completeUploadExternal(files=[{"id": file_id}])
    url = completed["files"][0]["url_private"]
    assert await fetched(url, slack.bot_token) == (200, b"bytes")
    assert (await fetched(f"{url}x", slack.bot_token))[0] == 404


@pytest.mark.parametrize("lacking", ["token", "scope"])
async def test_who_may_not_read_a_file_is_led_to_a_page_that_says_200(lacking: str) -> None:
    manifest = with_scopes(without="files:read" if lacking == "scope" else "")
    async with Workspace(manifest=manifest) as slack:
        file = slack.user("ada").upload("web.yaml", b"kind: Pod")
        url = slack.address_of(file)
        token = slack.bot_token if lacking == "scope" else "xoxb-unknown"
        assert (await fetched(url, token))[0] == 302
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as page:
            assert (page.status, page.content_type) == (200, "text/html")


async def test_a_file_that_a_person_sends_comes_with_its_address(
    slack: Workspace, ada: Person, shop: Channel
) -> None:
    app = bolt_app(slack)

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: AsyncSay) -> None:
        (file,) = event["files"]
        _, content = await fetched(file["url_private_download"], slack.bot_token)
        await say(f"{file['name']} {content.decode()}")

    async with running(slack, app):
        manifest = ada.upload("web.yaml", b"kind: Pod")
        answer = await ada.mention("#shop", "apply -f web.yaml", files=[manifest])
    assert answer.text == "web.yaml kind: Pod"
    assert [file.name for message in ada.sees(shop) for file in message.files] == ["web.yaml"]


async def test_an_uploaded_picture_stands_in_a_message(
    client: AsyncWebClient, shop: Channel, ada: Person
) -> None:
    file_id = await uploaded(client)
    image = {"type": "image", "slack_file": {"id": file_id}, "alt_text": "CPU, rising"}
    with pytest.raises(SlackApiError, match="invalid slack file"):
        await client.chat_postMessage(channel=shop.id, text="CPU", blocks=[image])
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    await client.chat_postMessage(channel=shop.id, text="CPU", blocks=[image])
    (message,) = ada.sees(shop)
    assert message.plain() == "[image: CPU, rising]"
