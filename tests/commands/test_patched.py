"""What the commands that patch do on a cluster, and what they are refused for once it is too late.

Between the question and its answer somebody else changes the object: the API server tells by the
patch's own tests whether that matters.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from bot.terminal import open_terminal
from tests.cluster.bed import Bed

pytestmark = pytest.mark.peers

LAB = "patched"
WEB, DB = "deployment/web", "statefulset/db"
WORKLOAD = """
{{apiVersion: apps/v1, kind: {kind},
  metadata: {{name: {name}, namespace: patched, labels: {{app: {name}}}}},
  spec: {{replicas: 1, {more} selector: {{matchLabels: {{app: {name}}}}}, template: {{
    metadata: {{labels: {{app: {name}}}}},
    spec: {{containers: [{{name: main, image: "r.example.org/{name}:1"}}]}}}}}}}}
---"""
OBJECTS = WORKLOAD.format(kind="Deployment", name="web", more="") + WORKLOAD.format(
    kind="StatefulSet", name="db", more="serviceName: db,"
)


@dataclass(frozen=True)
class Lab:
    """A namespace of its own, where tests change things one after the other."""

    bed: Bed

    def kubectl(self, *words: str) -> str:
        return self.bed.kubectl.out(*words, f"-n={LAB}")

    def released(self, image: str, name: str = WEB) -> None:
        self.kubectl("set", "image", name, f"main=r.example.org/{image}")
        self.rolled_out(name)

    def rolled_out(self, name: str) -> None:
        self.bed.kubectl.out(*("rollout", "status", name, "--timeout=60s", f"-n={LAB}"), seconds=90)

    def get(self, path: str, name: str = WEB) -> str:
        return self.kubectl("get", name, f"-o=jsonpath={path}")

    def image(self, name: str = WEB) -> str:
        return self.get("{.spec.template.spec.containers[0].image}", name).rpartition("/")[2]

    async def say(self, phrase: str, *meanwhile: str) -> tuple[int, str, str]:
        """Type a phrase; `meanwhile` is typed to kubectl before the question is answered."""
        out, err = io.StringIO(), io.StringIO()

        async def ask(_question: str) -> str:
            for words in meanwhile:
                self.kubectl(*words.split())
            return "y"

        async with open_terminal(str(self.bed.kubeconfig)) as opened:
            terminal = replace(opened, out=out, err=err, ask=ask)
            code = await terminal.run(f"{phrase} -n {LAB}", yes=not meanwhile)
        return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def lab(bed: Bed) -> Iterator[Lab]:
    bed.kubectl.out("create", "namespace", LAB)
    bed.kubectl.out("create", "-f=-", "--validate=false", stdin=OBJECTS)
    opened = Lab(bed)
    # What a controller has not seen is no revision to go back to.
    for name in (WEB, DB):
        opened.rolled_out(name)
    yield opened
    bed.kubectl.out("delete", "namespace", LAB, "--wait=false")


STALE = "has changed since this was shown; nothing was done"


async def test_an_undo_is_refused_once_the_template_is_another(lab: Lab) -> None:
    lab.released("web:2")
    lab.released("web:3")
    code, out, err = await lab.say(f"rollout undo {WEB}", f"set env {WEB} LATE=1")
    assert (code, out) == (1, "")
    assert STALE in err
    assert "spec.template" in err
    assert lab.image() == "web:3"


async def test_an_undo_passes_where_others_scaled_and_noted_and_the_status_moved(lab: Lab) -> None:
    lab.released("web:4")
    lab.released("web:5")
    code, out, _err = await lab.say(
        f"rollout undo {WEB}", f"scale {WEB} --replicas=2", f"annotate {WEB} tracked=by-git"
    )
    assert (code, out) == (0, "deployment.apps/web rolled back\n")
    assert lab.image() == "web:4"
    assert lab.get("{.spec.replicas} {.metadata.annotations.tracked}") == "2 by-git"


async def test_an_undo_goes_past_restarts_where_kubectl_would_stay(lab: Lab) -> None:
    lab.released("web:6")
    lab.released("web:7")
    for second in ("1", "2"):
        mark = f'{{"kubectl.kubernetes.io/restartedAt":"2026-01-01T00:00:0{second}Z"}}'
        patch = f'{{"spec":{{"template":{{"metadata":{{"annotations":{mark}}}}}}}}}'
        lab.kubectl("patch", WEB, f"-p={patch}")
        lab.kubectl("rollout", "status", WEB, "--timeout=60s")
    _, theirs, _ = await lab.say(f"rollout undo {WEB} --like-kubectl --dry-run=client")
    assert "web:7" in theirs
    assert lab.kubectl("rollout", "undo", WEB, "--dry-run=client") == theirs
    _, ours, _ = await lab.say(f"rollout undo {WEB} --dry-run=client")
    assert "web:6" in ours


async def test_a_stateful_set_goes_back_too(lab: Lab) -> None:
    lab.released("db:2", DB)
    code, out, _err = await lab.say("rollout undo sts/db")
    assert (code, out) == (0, "statefulset.apps/db rolled back\n")
    assert lab.image(DB) == "db:1"


@pytest.mark.parametrize(
    ("phrase", "harmless", "harmful"),
    [
        ("label deploy/web tier=front", f"label {WEB} other=1", f"label {WEB} tier=back"),
        (
            "set image deploy/web main=r.example.org/web:9",
            f"scale {WEB} --replicas=1",
            f"set image {WEB} main=r.example.org/web:8",
        ),
        (
            """patch deploy/web --type=merge -p '{"spec":{"minReadySeconds":1}}'""",
            f"annotate {WEB} seen=1",
            f'patch {WEB} -p={{"spec":{{"minReadySeconds":2}}}}',
        ),
    ],
    ids=["label", "set image", "patch"],
)
async def test_a_change_is_void_by_what_it_is_about_and_by_nothing_else(
    lab: Lab, phrase: str, harmless: str, harmful: str
) -> None:
    code, out, err = await lab.say(phrase, harmful)
    assert (code, out) == (1, "")
    assert STALE in err
    typed = f"{phrase} --overwrite" if phrase.startswith("label") else phrase
    code, _out, err = await lab.say(typed, harmless)
    assert (code, err if "error" in err else "") == (0, "")


async def test_what_is_listed_and_what_is_shown_comes_in_one_order(lab: Lab) -> None:
    _, listed, _ = await lab.say("label deploy/web b=1 a=1 --list")
    assert listed.splitlines() == sorted(listed.splitlines())
    _, shown, _ = await lab.say("label deploy/web sts/db x=y --dry-run=client -o yaml")
    assert shown.count("---\n") == 1
    _, returned, _ = await lab.say("label deploy/web sts/db x=y -o yaml")
    assert returned.count("---\n") == 1
    assert returned.count('x: "y"') == 2


async def test_a_second_autoscaler_is_refused_in_the_servers_words(lab: Lab) -> None:
    code, out, _ = await lab.say("autoscale deploy/web --max=1 --cpu=80%")
    assert (code, out) == (0, "horizontalpodautoscaler.autoscaling/web autoscaled\n")
    code, _, err = await lab.say("autoscale deploy/web --max=2 --memory=80%")
    assert (code, err) == (
        1,
        'Error from server (AlreadyExists): horizontalpodautoscalers.autoscaling "web" already'
        " exists\n",
    )
    lab.kubectl("delete", "hpa", "web")


async def test_scaling_waits_as_long_as_it_is_told(lab: Lab) -> None:
    code, out, _ = await lab.say("scale deploy/web --replicas=3 --timeout=60s")
    assert (code, out) == (0, "deployment.apps/web scaled\n")
    assert lab.get("{.status.replicas}") == "3"
