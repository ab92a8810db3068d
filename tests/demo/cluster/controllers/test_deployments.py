from tests.demo.cluster.controllers.world import World, deployment

BAD, NEXT = "registry.example.org/web:bad", "registry.example.org/web:2"
DEPLOYMENTS, SETS = "deployments.apps", "replicasets.apps"


def sizes(world: World) -> list[int]:
    return sorted(each["spec"]["replicas"] for each in world.all(SETS))


async def test_a_release_without_progress_is_given_up_after_ten_minutes(world: World) -> None:
    await world.make(deployment(image=BAD))
    await world.passes(599)
    assert world.conditions(DEPLOYMENTS, "web")["Progressing"] == ("True", "ReplicaSetUpdated")
    await world.passes(5)
    progressing = world.conditions(DEPLOYMENTS, "web")["Progressing"]
    assert progressing == ("False", "ProgressDeadlineExceeded")


async def test_progress_moves_the_deadline(world: World) -> None:
    await world.make(deployment(image=BAD, progressDeadlineSeconds=60))
    await world.passes(50)
    await world.spec(DEPLOYMENTS, "web", replicas=2)
    await world.passes(50)
    assert world.conditions(DEPLOYMENTS, "web")["Progressing"][0] == "True"


async def test_a_rollout_moves_pods_within_its_bounds(world: World) -> None:
    await world.make(deployment(replicas=4))
    await world.passes(2)
    await world.image("web", NEXT)
    fewest, most = 4, 0
    for _ in range(60):
        await world.passes(0.1)
        pods = [p for p in world.all("pods") if "deletionTimestamp" not in p["metadata"]]
        most = max(most, len(pods))
        fewest = min(fewest, world.one(DEPLOYMENTS, "web")["status"].get("availableReplicas", 0))
    assert (fewest, most) == (3, 5)
    assert sizes(world) == [0, 4]


async def test_the_same_template_is_the_same_set_under_a_new_revision(world: World) -> None:
    await world.make(deployment())
    await world.passes(2)
    for image in (NEXT, "registry.example.org/web:1"):
        await world.image("web", image)
        await world.passes(2)
    notes = {
        each["metadata"]["annotations"]["deployment.kubernetes.io/revision"]: each["metadata"]
        for each in world.all(SETS)
    }
    assert sorted(notes) == ["2", "3"]
    assert notes["3"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"


async def test_a_node_that_is_down_costs_availability(world: World) -> None:
    await world.make(deployment(replicas=4))
    await world.passes(2)
    note = {"annotations": {"demo.quarterdeck.dev/stopped": "true"}}
    await world.change("nodes", "node-b", lambda x: x | {"metadata": x["metadata"] | note})
    await world.passes(70)
    assert world.one(DEPLOYMENTS, "web")["status"]["availableReplicas"] == 2
    assert world.conditions(DEPLOYMENTS, "web")["Available"][0] == "False"


async def test_a_rollout_that_is_paused_half_way_stays_there(world: World) -> None:
    await world.make(deployment(replicas=4))
    await world.passes(2)
    await world.image("web", BAD)
    await world.passes(2)
    before = sizes(world)
    await world.spec(DEPLOYMENTS, "web", paused=True, replicas=8)
    await world.passes(2)
    assert (before, sizes(world)) == ([2, 3], [2, 3])
