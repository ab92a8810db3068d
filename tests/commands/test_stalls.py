"""No read waits for ever, at whatever point the API server falls silent."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.commands import Registry
from bot.core.command import Effect
from tests.clock import IdleClock
from tests.engine import rig
from tests.engine.observed import FakeSources, Manager, instruments
from tests.engine.rig import Answer
from tests.kube.catalogue import APIS, cluster_wide, document, group
from tests.kube.server import AGGREGATED, Play, body, hang

SECONDS = 1.0
"""What each command may take here; in production it is the command's own number."""
PHRASES = (
    "get pods",
    "get pods -A",
    "get pod web -o yaml",
    "get pods -o json",
    "get pods -o jsonpath={.items[*].metadata.name}",
    "get pods -o custom-columns=N:.metadata.name",
    "get pods --sort-by=.spec.nodeName",
    "get pods -w",
    "get pod web -w",
    "get pods -w -o yaml",
    "get pod web -w -o name",
    "get all",
    "describe pod web",
    "describe pods",
    "describe deploy web",
    "describe svc web",
    "describe node node-a",
    "describe secret db",
    "describe wd web",
    "logs web -c app",
    "logs -f web -c app",
    "logs deploy/web",
    "logs -l app=web --prefix",
    "top pod",
    "events",
    "events -w",
    "events --for pod/web",
    "explain pods",
    "explain deploy.spec --recursive",
    "api-resources",
    "api-versions",
    "version",
    "cluster-info",
    "rollout status deploy/web",
    "rollout history deploy/web",
    "rollout history deploy/web --revision=2",
    "auth can-i get pods",
    "auth can-i --list",
    "auth whoami",
    "wait pod/web --for=condition=Ready --timeout=600s",
    "wait pod/web --for=delete --timeout=600s",
    "wait pod/web --for=create --timeout=600s",
    "wait pod/web --for=jsonpath={.status.phase}=Running --timeout=600s",
    "freeze shop --reason INC-1",
    "lock deploy/web --reason INC-1",
    "prom query up",
    "prom query -A up",
    "prom graph up 1h",
    "prom app deploy/web",
    "prom compare deploy/web",
    "prom alerts",
    "prom rules",
    "prom targets",
    "prom silences",
    "prom silence Loud --for 1h --reason INC-1",
    "prom expire 1f0c9a3e",
)
# They ask a cluster for nothing, take a file, or their metrics are not in the scripted discovery.
WITHOUT = {
    "approvals",
    "audit",
    "diff",
    "tasks",
    "freezes",
    "help",
    "config current-context",
    "config get-contexts",
    "unfreeze",
    "unlock",
    "use",
    "whoami",
    "top node",
    "prom watch",
    "prom watches",
    "prom unwatch",
}


def silent_behind(*chunks: bytes) -> Play:
    """Begin an answer and never end it."""

    async def play(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
        return await hang(request)

    return play


STAGES: dict[str, Play] = {
    "before the head": hang,
    "behind the head": silent_behind(),
    "in the body": silent_behind(b'{"kind": "PodList", "metadata": {"resourceV'),
}
META = {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "1"}
SPEC = {
    "containers": [{"name": "app"}],
    "selector": {"matchLabels": {"app": "web"}},
    "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": []}},
}


class Everywhere(dict[str, list[Play]]):
    """Scripts with one for each path that has none."""

    def __init__(self, scripted: dict[str, list[Play]], play: Play) -> None:
        super().__init__(scripted)
        self._play = play

    def get(self, path: str, _default: Any = None) -> list[Play]:
        return super().get(path) or [self._play]


def named(kind: str, version: str) -> Play:
    return body({"apiVersion": version, "kind": kind, "metadata": META, "spec": SPEC})


def listed(kind: str) -> Play:
    first = body({"kind": f"{kind}List", "metadata": {"resourceVersion": "1"}, "items": []})

    async def play(request: web.BaseRequest) -> web.StreamResponse:
        return await (hang if "watch" in request.query else first)(request)

    return play


MORE = (
    group(
        "authorization.k8s.io",
        (
            "v1",
            [
                cluster_wide("selfsubjectaccessreviews", "SelfSubjectAccessReview"),
                cluster_wide("selfsubjectrulesreviews", "SelfSubjectRulesReview"),
            ],
        ),
    ),
    group(
        "authentication.k8s.io", ("v1", [cluster_wide("selfsubjectreviews", "SelfSubjectReview")])
    ),
)


def discovery(scripts: dict[str, list[Play]]) -> dict[str, list[Play]]:
    groups = body(document(*APIS["items"], *MORE), {"Content-Type": AGGREGATED})
    return {"/api": scripts["/api"], "/apis": [groups]}


def the_first_answers(scripts: dict[str, list[Play]], play: Play) -> dict[str, list[Play]]:
    """Return scripts by which the objects come, and all that is read behind them does not."""
    core, apps = "/api/v1/namespaces/shop", "/apis/apps/v1/namespaces/shop"
    return Everywhere(
        {
            **discovery(scripts),
            f"{core}/pods/web": [named("Pod", "v1"), play],
            f"{core}/services/web": [named("Service", "v1"), play],
            f"{core}/secrets/db": [named("Secret", "v1"), play],
            f"{apps}/deployments/web": [named("Deployment", "apps/v1"), play],
            "/api/v1/nodes/node-a": [named("Node", "v1"), play],
            f"{core}/pods": [listed("Pod"), play],
            f"{core}/events": [listed("Event"), play],
        },
        play,
    )


def ended(answers: dict[str, Answer]) -> Iterator[str]:
    """Yield the phrases whose answer is not the sentence of a deadline."""
    for phrase, answer in answers.items():
        problems = [part.error.text for part in answer.parts if hasattr(part, "error")]
        if answer.code == 0 or not problems or not all(map(_is_a_sentence, problems)):
            yield f"{phrase}: {answer.code} {answer.text!r}"


def _is_a_sentence(text: str) -> bool:
    words = (
        "no answer",
        "did not answer within",
        "timed out",
        "took longer",
        "in time",
        "as long as I follow",
    )
    return any(word in text for word in words)


@asynccontextmanager
async def silent(folder: Path, url: str = "") -> AsyncIterator[rig.Bot]:
    clock = IdleClock()
    # What Prometheus itself does not answer is tried where its client is.
    measured = instruments(FakeSources(Manager(clock)))
    async with rig.bot(folder, seconds=SECONDS, url=url, clock=clock, instruments=measured) as bot:
        yield bot


async def asked(bot: rig.Bot) -> dict[str, Answer]:
    """Type every phrase at once, and wait for each no longer than is decent."""
    async with asyncio.timeout(20 * SECONDS):
        answers = await asyncio.gather(*map(bot.say, PHRASES))
    return dict(zip(PHRASES, answers, strict=True))


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
async def test_a_server_that_says_nothing_of_its_types_is_given_up(
    stage: Play, tmp_path: Path
) -> None:
    async with silent(tmp_path) as bot:
        bot.server.scripts = Everywhere({}, stage)
        assert "\n".join(ended(await asked(bot))) == ""
        assert bot.ledger.bugs == []


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
async def test_a_server_that_says_nothing_of_its_objects_is_given_up(
    stage: Play, tmp_path: Path
) -> None:
    async with silent(tmp_path) as bot:
        bot.server.scripts = Everywhere(discovery(bot.server.scripts), stage)
        # The types are known from here on.
        assert (await bot.say("api-resources")).code == 0
        answers = await asked(bot)
        for phrase in ("api-resources", "api-versions"):
            assert answers.pop(phrase).code == 0
        assert "\n".join(ended(answers)) == ""
        assert bot.ledger.bugs == []


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
async def test_a_server_that_says_nothing_more_behind_the_first_object_is_given_up(
    stage: Play, tmp_path: Path
) -> None:
    async with silent(tmp_path) as bot:
        bot.server.scripts = the_first_answers(bot.server.scripts, stage)
        assert (await bot.say("api-resources")).code == 0
        for phrase, answer in (await asked(bot)).items():
            assert answer.outcomes, phrase
        assert bot.ledger.bugs == []


async def test_a_server_that_takes_no_connection_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as deaf, socket.socket() as waiting:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        # The one that waits to be taken fills the queue: the next is not even greeted.
        waiting.connect(deaf.getsockname())
        async with silent(tmp_path, f"http://127.0.0.1:{deaf.getsockname()[1]}") as bot:
            assert "\n".join(ended(await asked(bot))) == ""
            assert bot.ledger.bugs == []


def test_every_command_that_reads_a_cluster_is_tried() -> None:
    reading = {c.phrase for c in Registry().all() if c.effect is Effect.READ}
    tried = {
        phrase for phrase in reading for typed in PHRASES if typed.startswith(f"{phrase} ")
    } | {typed for typed in PHRASES if typed in reading}
    assert reading - tried == WITHOUT & reading
