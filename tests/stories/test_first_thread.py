"""The main job, whole: typed in Slack, asked of a real API server as that person, answered."""

import pytest

from tests.cluster.audit import AuditLog, Event
from tests.cluster.bed import Bed
from tests.stories.whole import Whole, tried

# One bot for each transport tells all of these stories: starting one takes a second.
pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]


async def test_the_answer_stands_in_the_channel_in_kubectls_own_words(
    story: Whole, bed: Bed
) -> None:
    answer = await story.vic.slash(story.shop, "/kubectl get deployments -n shop -o name")
    assert not answer.ephemeral
    expected = bed.kubectl.out("get", "deployments", "-n", "shop", "-o", "name")
    assert expected.strip() in answer.plain()
    assert answer.seen_by(story.eve).plain() == answer.plain()


async def test_the_audit_log_names_the_groups_and_the_person(story: Whole, audit: AuditLog) -> None:
    since = audit.position()
    await story.ada.slash(story.shop, "/kubectl get configmaps")

    event = audit.found(lambda e: resource_of(e) == "configmaps" and "impersonatedUser" in e, since)
    assert event["user"]["username"] == "system:serviceaccount:quarterdeck:quarterdeck"
    as_whom = event["impersonatedUser"]
    assert as_whom["username"] == "quarterdeck:user"
    assert set(as_whom["groups"]) >= {"quarterdeck:operators", "quarterdeck:viewers"}
    assert as_whom["extra"]["quarterdeck.dev/person"] == [f"{story.slack.team}/{story.ada.id}"]
    request_id = as_whom["extra"]["quarterdeck.dev/request"][0]
    assert f"request {request_id}" in event["userAgent"]


async def test_who_has_no_right_gets_the_api_servers_refusal_alone(story: Whole) -> None:
    answer = await story.vic.slash(story.shop, "/kubectl get secrets")
    assert answer.ephemeral
    assert (
        'secrets is forbidden: User "quarterdeck:user" cannot list resource "secrets"'
        ' in API group "" in the namespace "shop"'
    ) in answer.plain()


async def test_a_stranger_is_told_their_id_and_nothing_of_the_cluster(story: Whole) -> None:
    answer = await story.eve.slash(story.shop, "/kubectl get pods")
    assert answer.ephemeral
    assert story.eve.id in answer.plain()
    assert "web-" not in answer.plain()


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("/kubectl get pods", "NAME"),
        ("/kubectl get po -l app=web —no-headers", "web-"),
        ("/kubectl get deploy/web svc/web", "deployment.apps/web"),
        ("/kubectl get sts,ds", "statefulset.apps/db"),
        ("/kubectl get widgets", "SIZE"),
        ("/kubectl get pods | grep crashy", "CrashLoopBackOff"),
        ("/kubectl get deployment web -o yaml | head -1", "apiVersion: apps/v1"),
        ("/kubectl get pod nope", 'pods "nope" not found'),
        ("/kubectl get foo", 'the server doesn\'t have a resource type "foo"'),
        ("/kubectl gte pods", "Did you mean this?"),
        ("/kubectl logs deploy/cart -c app —tail=2", "line "),
        ("/kubectl rollout status deploy/web", "successfully rolled out"),
        ("/kubectl version", "Server Version: v1."),
        ("/kubectl exec -it web -- sh", "exec"),
        ("/deck help", "rollout status"),
    ],
)
async def test_a_phrase_is_answered(story: Whole, phrase: str, words: str) -> None:
    answer = await story.vic.slash(story.shop, phrase)
    assert words in answer.plain()


async def test_what_is_too_long_for_a_message_comes_whole_as_a_file(story: Whole) -> None:
    answer = await story.vic.slash(story.shop, "/kubectl get all")
    await answer.until(lambda message: bool(message.replies()))
    [file] = answer.replies()[0].files
    text = file.content.decode()
    assert "pod/web-" in text
    assert "statefulset.apps/db" in text
    assert "widget.example.org/large" in text


async def test_another_namespace_is_shown_to_the_person_alone(story: Whole) -> None:
    answer = await story.vic.slash(story.shop, "/kubectl get pods -n ops")
    assert answer.ephemeral
    assert "forbidden" in answer.plain()


async def test_a_mention_in_a_thread_is_answered_in_that_thread(story: Whole) -> None:
    first = await story.vic.slash(story.shop, "/kubectl get pods")
    answer = await story.vic.mention(story.shop, "get services", thread=first)
    assert answer.thread_ts == first.ts
    assert "ClusterIP" in answer.plain()


async def test_a_direct_message_is_answered_there(story: Whole) -> None:
    answer = await story.vic.dm("get pods -n shop")
    assert "web-" in answer.plain()


async def test_a_change_is_shown_confirmed_and_done_once(
    story: Whole, bed: Bed, audit: AuditLog
) -> None:
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n", "shop")
    before = audit.position()
    proposal = await story.ada.slash(story.shop, "/kubectl scale deploy/cart --replicas=3")
    await proposal.until("2 → 3")
    assert replicas(bed) == "2"

    since = await tried(audit, before)
    done = await proposal.click("Confirm")
    await done.until("deployment.apps/cart scaled")

    assert replicas(bed) == "3"
    await audit.awaited(scales, since)
    assert len(list(filter(scales, audit.events(since)))) == 1
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n", "shop")


async def test_t23_a_change_that_was_overtaken_does_nothing(story: Whole, bed: Bed) -> None:
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n", "shop")
    proposal = await story.ada.slash(story.shop, "/kubectl scale deploy/cart --replicas=3")
    bed.kubectl.out("scale", "deployment/cart", "--replicas=1", "-n", "shop")

    answer = await proposal.click("Confirm")
    await answer.until("has changed since this was shown")

    assert replicas(bed) == "1"
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n", "shop")


async def test_a_viewer_cannot_change_what_they_can_see(story: Whole, bed: Bed) -> None:
    answer = await story.vic.slash(story.shop, "/kubectl scale deploy/web --replicas=1")
    if answer.buttons:
        answer = await answer.click("Confirm")
        await answer.until("forbidden")
    assert "forbidden" in answer.plain()


async def test_nothing_is_changed_from_a_channel_that_is_bound_to_nothing(story: Whole) -> None:
    answer = await story.ada.slash(story.lobby, "/kubectl scale deploy/web --replicas=1 -n shop")
    assert answer.ephemeral
    assert "bound to no namespace" in answer.plain()


def scales(event: Event) -> bool:
    complete = event["stage"] == "ResponseComplete"
    return complete and (event["verb"], resource_of(event)) == ("patch", "deployments/scale")


def resource_of(event: Event) -> str:
    ref = event.get("objectRef", {})
    return "/".join(part for part in (ref.get("resource"), ref.get("subresource")) if part)


def replicas(bed: Bed) -> str:
    return bed.kubectl.out(
        "get", "deployment/cart", "-n", "shop", "-o", "jsonpath={.spec.replicas}"
    )
