"""What is deleted, evicted, cordoned and tainted, on whole clusters and in kubectl's words."""

import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from bot.terminal import open_terminal
from tests.cluster.bed import Bed

pytestmark = pytest.mark.boxed

NODE = "node-b"


@dataclass(frozen=True)
class Stage:
    """A namespace of its own, with a pod that nothing owns and one that a ReplicaSet does."""

    bed: Bed
    namespace: str

    async def say(self, phrase: str) -> tuple[int, str, list[str]]:
        """Return the exit code, standard output, and the lines of standard error in any order."""
        out, err = io.StringIO(), io.StringIO()
        async with open_terminal(str(self.bed.kubeconfig)) as opened:
            terminal = replace(opened, out=out, err=err)
            code = await terminal.run(f"{phrase} -n {self.namespace}", yes=True)
        return code, out.getvalue(), sorted(err.getvalue().splitlines())

    def names(self, kind: str, *chosen: str) -> list[str]:
        items = self.bed.kubectl.items(kind, "-n", self.namespace, *chosen)
        return [item["metadata"]["name"] for item in items]

    def node(self) -> dict[str, Any]:
        shown = self.bed.kubectl.out("get", "node", NODE, "-o=json")
        spec: dict[str, Any] = orjson.loads(shown)["spec"]
        return spec


def workload(name: str) -> dict[str, Any]:
    labels = {"of": name}
    spec = {"nodeName": NODE, "containers": [{"name": "app", "image": "app:1"}]}
    template = {"metadata": {"labels": labels}, "spec": spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": name, "labels": labels},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }


@pytest.fixture
def stage(bed: Bed) -> Iterator[Stage]:
    name = f"left-{secrets.token_hex(4)}"
    kubectl = bed.kubectl
    kubectl.out("create", "namespace", name)
    template = workload("bare")["spec"]["template"]
    template["metadata"]["name"] = "bare"
    bare = {"apiVersion": "v1", "kind": "Pod", **template}
    both = {"apiVersion": "v1", "kind": "List", "items": [workload("owned"), bare]}
    manifest = orjson.dumps(both).decode()
    kubectl.out("apply", "--server-side", "--validate=false", "-f=-", "-n", name, stdin=manifest)
    kubectl.out("wait", "pod/bare", "--for=condition=Ready", "-n", name)
    kubectl.out("wait", "rs/owned", "--for=jsonpath={.status.readyReplicas}=1", "-n", name)
    yield Stage(bed, name)
    kubectl.out("uncordon", NODE)
    kubectl.out("delete", "namespace", name, "--wait=false")


async def test_pods_leave_a_node_that_takes_no_more(stage: Stage) -> None:
    [owned] = stage.names("pods", "-l=of=owned")
    space = stage.namespace
    chosen = "--pod-selector='of in (owned,bare)' --grace-period=0 --ignore-daemonsets"
    code, out, err = await stage.say(f"drain {NODE} {chosen}")
    refusal = (
        f"cannot delete Pods that declare no controller (use --force to override): {space}/bare"
    )
    assert (code, out) == (1, "")
    assert err == sorted(
        [
            f'error: unable to drain node "{NODE}" due to error: {refusal}, continuing command...',
            "There are pending nodes to be drained:",
            f" {NODE}",
            refusal,
        ]
    )
    assert "unschedulable" not in stage.node()
    code, out, err = await stage.say(f"drain {NODE} {chosen} --force")
    lines = out.splitlines()
    assert (code, lines[0], lines[-1]) == (0, f"node/{NODE} cordoned", f"node/{NODE} drained")
    assert sorted(lines[1:-1]) == sorted(
        [
            *(f"evicting pod {space}/{name}" for name in ("bare", owned)),
            *(f"pod/{name} evicted" for name in ("bare", owned)),
        ]
    )
    assert err == [f"Warning: deleting Pods that declare no controller: {space}/bare"]
    assert stage.node()["unschedulable"] is True
    assert "bare" not in stage.names("pods")
    assert owned not in stage.names("pods")
    assert (await stage.say(f"uncordon {NODE}"))[1] == f"node/{NODE} uncordoned\n"


async def test_what_is_deleted_is_waited_for(stage: Stage) -> None:
    space = stage.namespace
    code, out, err = await stage.say("delete pod/bare rs/owned --now")
    assert (code, err) == (0, [])
    assert out == (
        f'pod "bare" deleted from {space} namespace\n'
        f'replicaset.apps "owned" deleted from {space} namespace\n'
    )
    assert "bare" not in stage.names("pods")
    assert stage.names("replicasets") == []


async def test_nothing_is_deleted_where_one_of_them_is_missing(stage: Stage) -> None:
    code, out, err = await stage.say("delete pod bare nope")
    assert (code, out) == (1, "")
    assert err == ['Error from server (NotFound): pods "nope" not found']
    assert "bare" in stage.names("pods")


async def test_what_a_selector_found_may_go_by_itself(stage: Stage) -> None:
    # The ReplicaSet's pods may be gone before their own turn comes; and its controller may make
    # another in place of one that it sees going before it sees the ReplicaSet gone.
    found = stage.names("pods", "-l=of in (owned,bare)")
    code, _, err = await stage.say("delete rs,pods -l 'of in (owned,bare)' --now")
    assert (code, err) == (0, [])
    assert len(found) == 2
    assert not {*found} & {*stage.names("pods")}
    assert stage.names("replicasets") == []


async def test_taints_come_and_go(stage: Stage) -> None:
    key = f"example.org/{stage.namespace}"
    assert (await stage.say(f"taint nodes {NODE} {key}=a:PreferNoSchedule"))[:2] == (
        0,
        f"node/{NODE} tainted\n",
    )
    again = await stage.say(f"taint nodes {NODE} {key}=b:PreferNoSchedule")
    assert again == (
        1,
        "",
        [
            f"error: node {NODE} already has {key} taint(s) with same effect(s) and"
            " --overwrite is false"
        ],
    )
    assert {"key": key, "value": "a", "effect": "PreferNoSchedule"} in stage.node()["taints"]
    assert (await stage.say(f"taint nodes {NODE} {key}-"))[1] == f"node/{NODE} untainted\n"
    assert key not in str(stage.node())
