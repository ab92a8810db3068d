from tests.demo.cluster.controllers.world import Item, World, job, workload

NEXT, BAD = "registry.example.org/web:2", "registry.example.org/web:bad"


def pod(
    name: str, *, node: str = "a", phase: str = "Running", ready: bool = True, **more: str
) -> Item:
    conditions = [{"type": "Ready", "status": str(ready)}]
    metadata: Item = {"name": name, "creationTimestamp": more.get("created", "1")}
    status = {"phase": phase, "conditions": conditions}
    return {"metadata": metadata, "spec": {"nodeName": node} if node else {}, "status": status}


async def test_a_daemon_set_renews_one_node_after_the_other(world: World) -> None:
    await world.make(workload("DaemonSet", "agent"))
    await world.passes(2)
    await world.image("agent", NEXT, "daemonsets.apps")
    fewest = 2
    for _ in range(40):
        await world.passes(0.1)
        status = world.one("daemonsets.apps", "agent")["status"]
        fewest = min(fewest, status.get("numberAvailable", 0))
    assert (fewest, status["updatedNumberScheduled"], status["numberAvailable"]) == (1, 2, 2)


async def test_a_daemon_leaves_a_node_that_it_does_not_suit_any_more(world: World) -> None:
    await world.make(workload("DaemonSet", "agent"))
    await world.passes(2)
    taint = {"key": "special", "effect": "NoExecute"}
    await world.spec("nodes", "node-b", taints=[taint])
    await world.passes(2)
    assert world.one("daemonsets.apps", "agent")["status"]["desiredNumberScheduled"] == 1
    assert len(world.all("pods")) == 1


async def fail_pods(world: World) -> None:
    for each in world.all("pods"):
        if each["status"]["phase"] != "Failed":
            await world.status("pods", each["metadata"]["name"], phase="Failed")


async def test_a_job_replaces_failed_pods_until_its_limit(world: World) -> None:
    await world.make(job(image=BAD, backoffLimit=2))
    for pods in (1, 2, 3):
        await world.passes(1)
        assert len(world.all("pods")) == pods
        await fail_pods(world)
    await world.passes(1)
    conditions = world.conditions("jobs.batch", "work")
    assert conditions["Failed"] == ("True", "BackoffLimitExceeded")
    assert world.one("jobs.batch", "work")["status"]["failed"] == 3


def cron(schedule: str, image: str = "registry.example.org/web:1", **spec: object) -> Item:
    template = {"spec": job(image=image)["spec"]}
    whole = {"schedule": schedule, "jobTemplate": template, **spec}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "tick"},
        "spec": whole,
    }


async def test_a_cron_job_runs_on_time_and_keeps_its_last_jobs(world: World) -> None:
    await world.make(cron("*/10 * * * *"))
    await world.passes(3601)
    assert len(world.told("SuccessfulCreate")) == 12  # six Jobs and the pod of each
    assert len(world.all("jobs.batch")) == 3


async def test_a_cron_job_makes_up_for_the_last_missed_time_alone(world: World) -> None:
    await world.make(cron("*/10 * * * *", suspend=True))
    await world.passes(3605)
    await world.spec("cronjobs.batch", "tick", suspend=False)
    await world.passes(2)
    assert len(world.all("jobs.batch")) == 1


async def test_a_cron_job_whose_schedule_has_names_says_that_it_cannot_read_them(
    world: World,
) -> None:
    await world.make(cron("0 8 * * mon-fri"))
    await world.passes(3600)
    assert len(world.told("UnparseableSchedule")) == 1
