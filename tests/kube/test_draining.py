"""Which pods leave a node, which stay, and which forbid it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.kube.draining import Rules, daemonsets_of, drained
from tests.every import every

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVERYTHING = Rules(force=True, ignore_daemonsets=True, delete_emptydir_data=True)
AGENT = ("shop", "agent")


def pod(
    name: str = "web", *, owner: str = "ReplicaSet", phase: str = "Running", **meta: Any
) -> dict[str, Any]:
    owners = [{"kind": owner, "name": "agent", "controller": True}] if owner else []
    metadata = {"name": name, "namespace": "shop", "ownerReferences": owners, **meta}
    return {"metadata": metadata, "spec": {}, "status": {"phase": phase}}


def local(**facts: Any) -> dict[str, Any]:
    return {**pod(**facts), "spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}


BARE, AGENTS = pod(owner=""), pod(owner="DaemonSet")
MIRROR = pod(owner="", annotations={"kubernetes.io/config.mirror": "x"})
ENDING = pod(deletionTimestamp="2026-01-01T11:59:00Z")
DAEMONSETS = "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"


@every(
    ("item", "rules", "leaves", "warnings", "refusals"),
    [
        pytest.param(pod(), Rules(), True, "", (), id="owned"),
        pytest.param(
            BARE, Rules(), False, "",
            ("cannot delete Pods that declare no controller (use --force to override): shop/web",),
            id="bare",
        ),
        pytest.param(
            BARE, EVERYTHING, True, "deleting Pods that declare no controller: shop/web", (),
            id="bare-forced",
        ),
        pytest.param(pod(owner="", phase="Failed"), Rules(), True, "", (), id="bare-finished"),
        pytest.param(
            AGENTS, Rules(), False, "", (f"cannot delete {DAEMONSETS}: shop/web",), id="daemonset",
        ),
        pytest.param(
            AGENTS, EVERYTHING, False, "ignoring DaemonSet-managed Pods: shop/web", (),
            id="daemonset-ignored",
        ),
        pytest.param(
            pod(owner="DaemonSet", phase="Succeeded"), Rules(), True, "", (), id="daemonset-done",
        ),
        pytest.param(MIRROR, Rules(), False, "", (), id="mirror"),
        pytest.param(
            local(), Rules(), False, "",
            (
                "cannot delete Pods with local storage (use --delete-emptydir-data to override):"
                " shop/web",
            ),
            id="local",
        ),
        # kubectl's warning about it is lost to the rule that comes after.
        pytest.param(local(), EVERYTHING, True, "", (), id="local-allowed"),
        pytest.param(local(phase="Succeeded"), Rules(), True, "", (), id="local-finished"),
        pytest.param(ENDING, Rules(), True, "", (), id="ending"),
        pytest.param(ENDING, Rules(skip_seconds=59), False, "", (), id="ending-for-longer"),
        pytest.param(ENDING, Rules(skip_seconds=61), True, "", (), id="ending-not-so-long"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_pod(
    item: dict[str, Any], rules: Rules, leaves: bool, warnings: str, refusals: tuple[str, ...]
) -> None:
    found = drained([item], rules, NOW, {AGENT: ""})
    assert (bool(found.leaving), found.warnings, found.refusals) == (leaves, warnings, refusals)


MISSING = 'daemonsets.apps "agent" not found'


@pytest.mark.parametrize(
    ("wrong", "rules", "leaves"),
    [
        (MISSING, Rules(ignore_daemonsets=True), False),
        (MISSING, Rules(force=True), True),
        ("daemonsets.apps is forbidden", EVERYTHING, False),
    ],
)
def test_a_daemonset_that_cannot_be_seen_is_told_in_the_servers_words(
    wrong: str, rules: Rules, leaves: bool
) -> None:
    found = drained([AGENTS], rules, NOW, {AGENT: wrong})
    assert bool(found.leaving) is leaves
    assert [wrong in refusal for refusal in found.refusals] == ([] if leaves else [True])


def test_pods_of_one_fate_stand_together() -> None:
    found = drained([AGENTS, BARE, pod("two", owner="")], EVERYTHING, NOW, {AGENT: ""})
    assert found.warnings == (
        "ignoring DaemonSet-managed Pods: shop/web;"
        " deleting Pods that declare no controller: shop/web, shop/two"
    )


def test_each_daemonset_is_looked_at_once() -> None:
    done = pod(owner="DaemonSet", phase="Succeeded")
    assert daemonsets_of([AGENTS, AGENTS, BARE, pod(), done]) == [AGENT]
