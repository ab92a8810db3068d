import pytest

from bot.demo.cluster.controllers.replicaset import superfluous
from tests.demo.cluster.controllers.world import Item, World, job, workload

NEXT, BAD = "registry.example.org/web:2", "registry.example.org/web:bad"


def pod(
    name: str, *, node: str = "a", phase: str = "Running", ready: bool = True, **more: str
) -> Item:
    conditions = [{"type": "Ready", "status": str(ready)}]
    metadata: Item = {"name": name, "creationTimestamp": more.get("created", "1")}
    if "cost" in more:
        metadata["annotations"] = {"controller.kubernetes.io/pod-deletion-cost": more["cost"]}
    status = {"phase": phase, "conditions": conditions}
    return {"metadata": metadata, "spec": {"nodeName": node} if node else {}, "status": status}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(pod("x", node=""), pod("y", ready=False), id="without a node"),
        pytest.param(pod("x", phase="Pending"), pod("y", ready=False), id="pending"),
        pytest.param(pod("x", ready=False), pod("y", cost="-5"), id="not ready"),
        pytest.param(pod("x", cost="-5"), pod("y"), id="cheaper to delete"),
        pytest.param(pod("x", created="2"), pod("y", created="1"), id="newer"),
    ],
)
def test_a_set_that_shrinks_deletes_first_what_is(first: Item, second: Item) -> None:
    assert superfluous([second, first], 1) == [first]


def test_a_set_that_shrinks_thins_out_the_fullest_node() -> None:
    pods = [pod("x", node="a"), pod("y", node="b", created="2"), pod("z", node="a")]
    assert superfluous(pods, 1)[0]["spec"]["nodeName"] == "a"


async def test_a_stateful_set_starts_a_pod_when_the_one_before_is_ready(world: World) -> None:
    await world.make(workload("StatefulSet", "db", replicas=3, serviceName="db"))
    seen = []
    for _ in range(20):
        await world.passes(0.1)
        seen.append(len(world.all("pods")))
    assert seen == sorted(seen)
    assert {1, 2, 3} <= set(seen)


async def test_a_parallel_stateful_set_renews_as_many_pods_as_may_be_missing(world: World) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}
    await world.make(workload(
        "StatefulSet", "db", replicas=4, serviceName="db", podManagementPolicy="Parallel",
        updateStrategy=strategy,
    ))  # fmt: skip
    await world.passes(2)
    await world.image("db", NEXT, "statefulsets.apps")
    fewest = 4
    for _ in range(40):
        await world.passes(0.1)
        fewest = min(fewest, world.one("statefulsets.apps", "db")["status"]["availableReplicas"])
    status = world.one("statefulsets.apps", "db")["status"]
    assert (fewest, status["updatedReplicas"], status["currentReplicas"]) == (2, 4, 4)


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


async def test_a_job_replaces_failed_pods_ever_later_until_its_limit(world: World) -> None:
    await world.make(job(image=BAD, backoffLimit=2))
    await world.passes(1)
    for seconds, pods in ((5, 1), (10, 2), (25, 3)):
        await fail_pods(world) if pods > 1 or seconds == 5 else None
        await world.passes(seconds)
        if pods > 1:
            assert len(world.all("pods")) == pods
    await fail_pods(world)
    await world.passes(1)
    conditions = world.conditions("jobs.batch", "work")
    assert conditions["Failed"] == ("True", "BackoffLimitExceeded")
    assert world.one("jobs.batch", "work")["status"]["failed"] == 3


async def test_a_job_is_over_at_its_deadline(world: World) -> None:
    await world.make(job(image=BAD, activeDeadlineSeconds=300))
    await world.passes(299)
    assert "Failed" not in world.conditions("jobs.batch", "work")
    await world.passes(3)
    assert world.conditions("jobs.batch", "work")["Failed"] == ("True", "DeadlineExceeded")


async def test_a_finished_job_is_deleted_with_its_pods_in_time(world: World) -> None:
    await world.make(job(ttlSecondsAfterFinished=60))
    await world.passes(30)
    assert world.conditions("jobs.batch", "work")["Complete"][0] == "True"
    await world.passes(60)
    assert (world.find("jobs.batch", "work"), world.all("pods")) == (None, [])


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


@pytest.mark.parametrize(("policy", "jobs"), [("Allow", 3), ("Forbid", 1), ("Replace", 1)])
async def test_a_cron_job_whose_last_job_still_runs_does_as_its_policy_says(
    world: World, policy: str, jobs: int
) -> None:
    await world.make(cron("* * * * *", BAD, concurrencyPolicy=policy))
    await world.passes(181)
    assert len(world.all("jobs.batch")) == jobs
    assert len(world.one("cronjobs.batch", "tick")["status"]["active"]) == jobs


async def test_a_cron_job_makes_up_for_the_last_missed_time_alone(world: World) -> None:
    await world.make(cron("*/10 * * * *", suspend=True))
    await world.passes(3605)
    await world.spec("cronjobs.batch", "tick", suspend=False)
    await world.passes(2)
    assert len(world.all("jobs.batch")) == 1
