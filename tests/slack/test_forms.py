"""The guided form, the form for a manifest, and files beside a mention."""

from dataclasses import replace

import pytest

from bot.core.access import Binding
from bot.core.request import Surface
from bot.demo.slack.seenview import SeenView
from bot.demo.slack.workspace import TransportKind
from bot.slack.attachments import FILE_BYTES
from tests.slack.rig import rig
from tests.slack.scripted import PODS, TEXT_OF_PODS, plays

YAML = b"apiVersion: v1\nkind: ConfigMap\n"


async def test_the_bare_command_opens_a_form_that_shows_what_would_be_typed(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        assert form.title == "Run a command"
        await form.fill("Type", "deployments")
        await form.until("get deployments\n")
        await form.fill("Namespace", "ops")
        await form.until("get deployments -n ops\n")


async def test_what_is_chosen_runs_in_the_channel_as_if_it_were_typed(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        await form.fill("Type", "pods")
        await form.until("get pods\n")
        answer = await form.submit({"form:name": "web-2", "More": "-o wide | grep web"})
        [request] = story.service.served
        assert request.text == "kubectl get pods web-2 -o wide | grep web"
        assert request.place.channel == story.shop.id
        assert request.place.surface is Surface.SLASH
        assert not answer.seen_by(story.eve).ephemeral
        assert TEXT_OF_PODS.rstrip() in answer.plain()


async def test_the_form_asks_for_what_the_chosen_command_takes(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        await form.fill("What to do", "scale: Set")
        await form.until("--replicas")
        await form.fill("Type", "deployments")
        await form.until("Name (deployments)")
        await form.submit({"form:name": "web", "--replicas": "5"})
        assert story.service.served[-1].text == "kubectl scale deployments web --replicas=5"


async def test_the_form_offers_what_is_for_the_person_and_says_what_it_hides(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        assert "scale" in verbs(form)
        story.backstage.lookups.hidden = ("scale", "describe")
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("2 more are not for you here: help --all lists them.")
        assert not {"scale", "describe"} & verbs(form)
        assert "logs" in verbs(form)


def verbs(form: SeenView) -> set[str]:
    """Return what the form's menu of commands offers."""
    [menu] = [one.element for one in form.fields if one.label == "What to do"]
    return {option["value"] for option in menu["options"]}


async def test_a_pods_log_needs_no_type(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        await form.fill("What to do", "logs")
        await form.until("Name (pods)")
        assert await form.suggestions("form:name", "web") == ["web-1", "web-2"]


async def test_the_menus_offer_what_the_person_may_see(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        assert await form.suggestions("Namespace") == ["ops", "shop"]
        assert await form.suggestions("Type", "dep") == ["deployments"]
        await form.fill("Type", "pods")
        await form.until("Name (pods)")
        assert await form.suggestions("form:name") == ["web-1", "web-2", "db-0"]
        assert story.backstage.lookups.asked[-1] == ("pods", "prod", "shop")


async def test_a_name_that_slack_has_no_room_for_is_chosen_all_the_same(
    transport: TransportKind,
) -> None:
    long = "web-" + "x" * 230 + "-end"
    async with rig(transport, plays(PODS)) as story:
        listed = {**story.backstage.lookups.listed, "pods": (long, "web-1")}
        story.backstage.lookups.listed = listed
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        await form.fill("Type", "pods")
        await form.until("Name (pods)")
        [shown] = await form.suggestions("form:name", "web-x")
        assert len(shown) <= 75
        assert shown.endswith("-end")
        await form.fill("form:name", "web-x")
        await form.until(long)
        await form.submit()
        assert story.service.served[-1].text == f"kubectl get pods {long}"


async def test_a_command_that_names_a_file_opens_a_form_for_it(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl apply -f web.yaml -n shop")
        assert "apply -f web.yaml -n shop" in form.plain()
        empty = await form.advance()
        assert list(empty.errors) == ["Or as text"]
        await form.attach("The manifest as a file", "web.yaml", YAML)
        await form.submit({"Or as text": "kind: Secret"})
        [request] = story.service.served
        assert request.text == "kubectl apply -f web.yaml -n shop"
        assert request.place.channel == story.shop.id
        assert [(file.name, file.content) for file in request.files] == [
            ("web.yaml", YAML),
            ("manifest.yaml", b"kind: Secret"),
        ]
        assert "kind: Secret" not in repr(request)


async def test_the_content_of_a_secret_is_asked_for_in_a_form(transport: TransportKind) -> None:
    typed = "create secret generic db --from-file=key=tls.key --from-file ca.crt"
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, f"/kubectl {typed}")
        await form.attach("The content as a file", "ca.crt", b"\x00\xff")
        await form.submit({"Or as text": "hunter2"})
        [request] = story.service.served
        assert request.text == f"kubectl {typed}"
        assert [(file.name, file.content) for file in request.files] == [
            ("ca.crt", b"\x00\xff"),
            ("tls.key", b"hunter2"),
        ]
        assert "hunter2" not in repr(request)
        # What is refused is not shown in a form first.
        told = f"{typed} --from-literal=a=b"
        await story.ada.slash(story.shop, f"/kubectl {told}")
        assert story.service.served[-1].text == f"kubectl {told}"


async def test_a_flag_without_a_name_means_what_is_put_into_the_form(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl diff -f")
        await form.submit({"Or as text": "kind: Secret"})
        assert story.service.served[-1].text == "kubectl diff -f -"


@pytest.mark.parametrize(
    "typed", ["label -f conf.yaml team=shop", "rollout restart -f web.yaml", "set image -f - *=a:1"]
)
async def test_whatever_names_a_file_opens_the_form(transport: TransportKind, typed: str) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, f"/kubectl {typed}")
        await form.submit({"Or as text": "kind: ConfigMap"})
        [request] = story.service.served
        assert request.text == f"kubectl {typed}"
        assert [file.content for file in request.files] == [b"kind: ConfigMap"]


async def test_a_patch_that_is_a_file_is_asked_for_in_the_form(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl patch cm conf --patch-file=p.yaml")
        await form.submit({"Or as text": "data: {level: info}"})
        [request] = story.service.served
        assert [(file.name, file.content) for file in request.files] == [
            ("p.yaml", b"data: {level: info}")
        ]


@pytest.mark.parametrize(
    "typed", ["rollout status -f web.yaml", "logs -f web-1", "get pods -f x", "apply", "get pods"]
)
async def test_other_commands_open_no_form(transport: TransportKind, typed: str) -> None:
    async with rig(transport, plays(PODS)) as story:
        await story.ada.slash(story.shop, f"/kubectl {typed}")
        assert story.service.served[-1].text == f"kubectl {typed}"


async def test_a_mentions_file_comes_with_the_request(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        file = story.ada.upload("web.yaml", YAML)
        await story.ada.mention(story.shop, "apply -f web.yaml", files=[file])
        [request] = story.service.served
        assert request.text == "apply -f web.yaml"
        assert [(one.name, one.content) for one in request.files] == [("web.yaml", YAML)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("web.png", b"x", "no YAML, JSON or text", id="type"),
        pytest.param("web.yaml", b"x" * (FILE_BYTES + 1), "larger than 256 kB", id="size"),
    ],
)
async def test_a_file_that_is_no_manifest_is_refused_with_a_word(
    transport: TransportKind, name: str, content: bytes, words: str
) -> None:
    async with rig(transport, plays(PODS)) as story:
        file = story.ada.upload(name, content)
        told = await story.ada.mention(story.shop, "apply -f x", files=[file])
        assert told.ephemeral
        assert words in told.plain()
        assert story.service.served == []


async def test_too_many_files_are_refused_with_a_word(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        files = [story.ada.upload(f"{n}.yaml", YAML) for n in range(6)]
        told = await story.ada.mention(story.shop, "apply -f x", files=files)
        assert "At most 5 files" in told.plain()
        assert story.service.served == []


async def test_a_form_from_the_home_tab_answers_in_private(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS, heading=None)) as story:
        home = await story.ada.open_home()
        form = await home.open("Run a command…")
        await form.until("The same, typed:")
        await form.fill("Type", "pods")
        await form.until("get pods\n")
        answer = await form.submit()
        assert answer.channel == story.ada.direct_channel().id
        assert replace(story.service.served[-1].place, channel="").surface is Surface.DIRECT


async def test_a_form_that_is_sent_off_while_it_changes_is_no_mistake(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        story.slack.fail_next("views.update", error="not_found")
        await form.fill("Type", "pods")
        answer = await form.submit()
        assert TEXT_OF_PODS.rstrip() in answer.plain()
        await story.surface.drain(5)
        assert [one for one in story.ada.sees(story.shop) if one.ephemeral] == []


async def test_who_may_list_no_namespace_is_offered_those_of_the_channels(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.backstage.lookups.listed = {"namespaces": ("shop",)}
        story.backstage.rights.bindings = (
            Binding(story.shop.id, "default", ("shop", "web")),
            Binding(story.shop.id, "elsewhere", ("secret",)),
        )
        form = await story.ada.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        assert await form.suggestions("Namespace") == ["shop", "web"]
