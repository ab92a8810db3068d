import pytest

from bot.demo.cluster.kinds import Kinds
from bot.demo.cluster.metrics import measured
from tests.demo.cluster.controllers.world import Item, World, containers, deployment, node

CRASH = "registry.example.org/web:crash"

PODS, NODES = (Kinds()[f"{name}.metrics.k8s.io"] for name in ("pods", "nodes"))


def pod(name: str = "one", image: str = "registry.example.org/web:1", **spec: object) -> Item:
    metadata = {"name": name, "labels": {"app": name}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": containers(image) | spec,
    }


def container(world: World) -> Item:
    found: Item = world.one("pods", "one")["status"]["containerStatuses"][0]
    return found


async def test_a_pod_becomes_ready_after_its_image_was_pulled(world: World) -> None:
    await world.make(pod())
    await world.passes(0.3)
    assert container(world)["state"]["waiting"]["reason"] == "ContainerCreating"
    await world.passes(0.2)
    assert world.conditions("pods", "one")["Ready"] == ("True", "")


async def test_a_crashing_container_backs_off_from_ten_seconds_to_five_minutes(
    world: World,
) -> None:
    await world.make(pod(image=CRASH))
    seen = []
    for _ in range(900):
        await world.passes(1)
        seen.append(container(world)["state"]["waiting"]["message"].split()[1])
    lasted = {delay: seen.count(delay) for delay in dict.fromkeys(seen)}
    assert list(lasted) == ["10s", "20s", "40s", "80s", "160s", "300s"]
    assert [abs(lasted[f"{n}s"] - n) <= 1 for n in (10, 20, 40, 80, 160)] == [True] * 5
    assert container(world)["lastState"]["terminated"]["reason"] == "OOMKilled"


async def test_a_container_that_crashes_leaves_its_pod_the_address(world: World) -> None:
    await world.make(pod(image=CRASH))
    await world.passes(1)
    address = world.one("pods", "one")["status"]["podIP"]
    assert address.startswith("10.")
    await world.passes(60)
    assert world.one("pods", "one")["status"]["podIP"] == address
    assert world.one("pods", "one")["status"]["containerStatuses"][0]["restartCount"] > 1


async def test_a_leak_ends_at_the_limit_and_begins_again(world: World) -> None:
    leaking = pod(**containers(resources={"limits": {"memory": "11Mi"}}))
    leaking["metadata"]["annotations"] = {"demo.quarterdeck.dev/leaks": "5Mi"}
    await world.make(leaking)
    await world.passes(60.4)
    assert measured(world.registry, PODS, "")[0]["containers"][0]["usage"]["memory"] == "6178Ki"
    await world.passes(62)
    assert container(world)["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    await world.passes(10)
    assert (container(world)["restartCount"], "running" in container(world)["state"]) == (1, True)


async def test_a_pod_ends_before_its_grace_is_over(world: World) -> None:
    await world.make(pod())
    await world.passes(1)
    await world.delete("pods", "one")
    assert "deletionTimestamp" in world.one("pods", "one")["metadata"]
    await world.passes(1)
    assert world.find("pods", "one") is None


async def test_pods_are_spread_and_placed_where_there_is_room(world: World) -> None:
    big = deployment(replicas=5)
    big["spec"]["template"]["spec"] = containers(resources={"requests": {"cpu": "3"}})
    await world.make(big)
    await world.passes(2)
    places = sorted(p["spec"].get("nodeName", "") for p in world.all("pods"))
    assert places == ["", "node-a", "node-a", "node-b", "node-b"]
    assert world.told("FailedScheduling") == [
        "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: "
        "2 No preemption victims found for incoming pod."
    ]
    await world.make(node("node-c"))
    await world.passes(2)
    assert all(p["spec"].get("nodeName") for p in world.all("pods"))


async def test_a_node_without_heartbeats_is_tainted_and_loses_its_pods(world: World) -> None:
    await world.make(pod(nodeSelector={"kubernetes.io/hostname": "node-b"}))
    await world.passes(1)
    stop = {"annotations": {"demo.quarterdeck.dev/stopped": "true"}}
    await world.change("nodes", "node-b", lambda x: x | {"metadata": x["metadata"] | stop})
    await world.passes(40)
    assert world.conditions("nodes", "node-b")["Ready"][0] == "True"
    await world.passes(20)
    assert world.conditions("nodes", "node-b")["Ready"] == ("Unknown", "NodeStatusUnknown")
    assert world.conditions("pods", "one")["Ready"][0] == "False"
    await world.passes(280)
    assert "deletionTimestamp" not in world.one("pods", "one")["metadata"]
    await world.passes(30)
    assert "deletionTimestamp" in world.one("pods", "one")["metadata"]
    assert world.told("TaintManagerEviction") == ["Marking for deletion Pod shop/one"]


async def test_a_node_that_comes_back_gets_its_pods_going(world: World) -> None:
    await world.make(pod(nodeSelector={"kubernetes.io/hostname": "node-b"}))
    await world.passes(1)
    stop = {"annotations": {"demo.quarterdeck.dev/stopped": "true"}}
    await world.change("nodes", "node-b", lambda x: x | {"metadata": x["metadata"] | stop})
    await world.passes(100)
    await world.change(
        "nodes", "node-b", lambda x: x | {"metadata": x["metadata"] | {"annotations": {}}}
    )
    await world.passes(5)
    assert world.conditions("nodes", "node-b")["Ready"][0] == "True"
    assert "taints" not in world.one("nodes", "node-b")["spec"]
    assert world.conditions("pods", "one")["Ready"][0] == "True"


async def test_an_event_that_says_the_same_again_is_counted(
    world: World,
) -> None:
    await world.make(pod(image=CRASH))
    await world.passes(100)
    backing_off = [each for each in world.all("events") if each["reason"] == "BackOff"]
    assert [each["count"] for each in backing_off] == [4]


async def test_metrics_say_what_annotations_say(world: World) -> None:
    busy = pod(nodeSelector={"kubernetes.io/hostname": "node-a"})
    usage = {"kwok.x-k8s.io/usage-cpu": "120m", "kwok.x-k8s.io/usage-memory": "96Mi"}
    busy["metadata"]["annotations"] = usage
    await world.make(busy, pod("idle", nodeSelector={"kubernetes.io/hostname": "node-a"}))
    await world.passes(1)
    used = {
        x["metadata"]["name"]: x["containers"][0]["usage"]
        for x in measured(world.registry, PODS, "")
    }
    assert used["one"] == {"cpu": "120000000n", "memory": "96Mi"}
    assert used["idle"] == {"cpu": "1000000n", "memory": "1Mi"}
    nodes = {x["metadata"]["name"]: x["usage"] for x in measured(world.registry, NODES, "")}
    assert nodes["node-a"] == {"cpu": "121000000n", "memory": "97Mi"}


@pytest.mark.parametrize("propagation", ["Background", "Foreground"])
async def test_a_deployment_takes_its_sets_and_pods_along(world: World, propagation: str) -> None:
    await world.make(deployment(replicas=3))
    await world.passes(2)
    await world.delete("deployments.apps", "web", propagationPolicy=propagation)
    await world.passes(2)
    left = [world.all(x) for x in ("deployments.apps", "replicasets.apps", "pods")]
    assert left == [[], [], []]


async def test_a_namespace_that_ends_is_emptied(world: World) -> None:
    await world.make(deployment(replicas=2))
    await world.passes(2)
    await world.delete("namespaces", "shop")
    assert world.one("namespaces", "shop")["status"]["phase"] == "Terminating"
    await world.passes(2)
    assert world.find("namespaces", "shop", "") is None
    assert [
        x for k in world.registry.kinds.values() if k.namespaced for x in world.all(k.resource)
    ] == []
