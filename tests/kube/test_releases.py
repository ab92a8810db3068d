"""What ReplicaSets tell of rollouts, and what they do not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from bot.core.ports import Query, Resource
from bot.core.releases import Release, Seen
from bot.kube.releases import ReplicaSetReleases, told

SHOP = Seen("shop")
MORNING = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def replica_set(
    name: str, made: str, revision: int, history: str = "", owner: str = "web"
) -> dict[str, Any]:
    annotations = {"deployment.kubernetes.io/revision": str(revision)}
    if history:
        annotations["deployment.kubernetes.io/revision-history"] = history
    return {
        "kind": "ReplicaSet",
        "metadata": {
            "name": name,
            "creationTimestamp": f"2026-11-29T{made}:00Z",
            "annotations": annotations,
            "ownerReferences": [{"kind": "Deployment", "name": owner, "controller": True}],
        },
    }


def moments(seen: Seen, *sets: dict[str, Any]) -> list[tuple[str, int, str]]:
    found = told(seen, sets, MORNING, NOON)
    return [(one.deployment, one.revision, f"{one.began:%H:%M}") for one in found.releases]


def test_a_rollout_began_when_its_replica_set_was_made() -> None:
    sets = (replica_set("web-1", "09:00", 1), replica_set("web-2", "10:30", 2))
    assert told(SHOP, sets, MORNING, NOON).releases == (
        Release("shop", "web", 2, datetime(2026, 11, 29, 10, 30, tzinfo=UTC)),
    )


def test_one_that_is_taken_up_again_is_told_without_a_moment() -> None:
    sets = (replica_set("web-1", "09:00", 3, "1"), replica_set("web-2", "10:30", 2))
    assert moments(SHOP, *sets) == [("web", 2, "10:30")]
    assert told(SHOP, sets, MORNING, NOON).undated == (
        "web went back to the template of revision 1 after 29 Nov 10:30; the moment is not known.",
    )


def test_one_that_was_taken_up_again_long_ago_is_not_told() -> None:
    sets = (replica_set("web-1", "07:00", 3, "1"), replica_set("web-2", "08:00", 2))
    assert told(SHOP, sets, MORNING, NOON).undated == ()


def test_its_first_revision_is_the_one_that_began_then() -> None:
    sets = (
        replica_set("web-1", "10:15", 5, "1,3"),
        replica_set("web-2", "10:30", 2),
        replica_set("web-4", "11:00", 4),
    )
    assert moments(SHOP, *sets) == [("web", 1, "10:15"), ("web", 2, "10:30"), ("web", 4, "11:00")]


def test_only_the_workloads_in_view_are_told() -> None:
    sets = (
        replica_set("web-7f9c6b5d4", "10:30", 2),
        replica_set("db-5c8d", "10:40", 7, owner="db"),
        replica_set("web-admin-6d5f", "10:50", 3, owner="web-admin"),
    )
    assert [name for name, *_ in moments(SHOP, *sets)] == ["db", "web", "web-admin"]
    by_pod = Seen("shop", pods=frozenset({"web-7f9c6b5d4-2xkqp", "odd"}))
    assert [name for name, *_ in moments(by_pod, *sets)] == ["web"]
    by_name = Seen("shop", deployments=frozenset({"db", "gone"}))
    assert [name for name, *_ in moments(by_name, *sets)] == ["db"]


def test_a_replica_set_of_nobody_is_no_rollout() -> None:
    alone = replica_set("web-1", "10:30", 1)
    del alone["metadata"]["ownerReferences"]
    unnumbered = replica_set("web-2", "10:30", 1)
    del unnumbered["metadata"]["annotations"]
    assert moments(SHOP, alone, unnumbered) == []


class _Crowded:
    """A cluster with more ReplicaSets than are looked at."""

    async def resource(self, _typed: str) -> Resource:
        return Resource("apps", "v1", "replicasets", "ReplicaSet", namespaced=True)

    async def pages(self, _query: Query) -> AsyncIterator[dict[str, Any]]:
        for page in range(9):
            assert page < 2, "nobody reads on"
            names = (f"web-{page}-{n}" for n in range(500))
            yield {"items": [replica_set(name, "10:30", 2) for name in names]}


async def test_of_too_many_it_is_said_that_some_may_be_missing() -> None:
    crowded: Any = _Crowded()
    found = await ReplicaSetReleases(crowded).between([SHOP], MORNING, NOON)
    assert found.undated == (
        "shop has more ReplicaSets than are looked at: rollouts may be missing.",
    )
