"""Deployments over time: revisions, rollouts, scaling, pauses, ends."""

from collections.abc import Sequence

from tests.conformance.cluster.case import Case, Until
from tests.conformance.cluster.timelines import (
    BAD,
    DEPLOYMENT,
    NEXT,
    ON_A,
    PODS,
    SEEN,
    SETS,
    _is_ready,
    events,
    image,
    rolled,
    seen,
    sets,
    settled_pods,
    spec,
)
from tests.conformance.cluster.writing import (
    IMAGE,
    both,
    condition,
    count,
    create,
    delete,
    deployment,
    gone,
    patch,
    template,
)

CASES: Sequence[Case] = (
    Case("a deployment makes a replica set with its revision", (
        create(deployment("web", replicas=2), keep=()), rolled(2), sets(1),
    )),
    Case("a deployment's pods carry its labels and the hash of its template", (
        create(deployment("web", template=template("web", nodeSelector=ON_A)), keep=()), rolled(1),
        Until(PODS, count(1, _is_ready), keep=("/items",)),
    )),
    Case("a deployment tells how it scales its replica sets", (
        create(deployment("web", replicas=2), keep=()), rolled(2, keep=()),
        spec(replicas=3), rolled(3, keep=()),
        spec(replicas=1), rolled(1, keep=()), events("Deployment", 3),
    )),
    Case("a new image is rolled out under the next revision", (
        create(deployment("web", replicas=2), keep=()), rolled(2, keep=()),
        image(NEXT), rolled(2), sets(2),
    )),
    Case("a rollout with surge starts the new pod first", (
        create(deployment("web"), keep=()), rolled(1, keep=()),
        image(NEXT), rolled(1, keep=()), events("Deployment", 3),
    )),
    Case("a rollout without surge stops an old pod first", (
        create(deployment("web", replicas=2, strategy={
            "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}), keep=()),
        rolled(2, keep=()), image(NEXT), rolled(2, keep=()), events("Deployment", 5), sets(2),
    )),
    Case("a rollout of an image that cannot be pulled keeps the old pods", (
        create(deployment("web", replicas=3), keep=()), rolled(3, keep=()), image(BAD),
        Until(DEPLOYMENT, seen(replicas=4, updatedReplicas=1, unavailableReplicas=1), SEEN),
        sets(2),
    )),
    Case("a rollout of an image that crashes keeps the old pods", (
        create(deployment("web", replicas=4, strategy={
            "rollingUpdate": {"maxSurge": "50%", "maxUnavailable": "25%"}}), keep=()),
        rolled(4, keep=()), image("registry.example.org/shop/web:crash"),
        Until(DEPLOYMENT, seen(replicas=6, updatedReplicas=3, terminatingReplicas=0), SEEN),
        sets(2),
    )),
    Case("a rollout without progress is over when its deadline is", (
        create(deployment("web", BAD, progressDeadlineSeconds=2), keep=()),
        Until(DEPLOYMENT, condition("Progressing", "False"), SEEN),
    )),
    Case("a rollout past its deadline goes on once it can", (
        create(deployment("web", BAD, progressDeadlineSeconds=2), keep=()),
        Until(DEPLOYMENT, condition("Progressing", "False"), ()), image(IMAGE), rolled(1), sets(2),
    )),
    Case("a template that was there before gets its replica set back and a new revision", (
        create(deployment("web"), keep=()), rolled(1, keep=()), image(NEXT), rolled(1, keep=()),
        image(IMAGE), rolled(1), sets(2),
    )),
    Case("a replica set remembers all its revisions", (
        create(deployment("web"), keep=()), rolled(1, keep=()), image(NEXT), rolled(1, keep=()),
        image(IMAGE), rolled(1, keep=()), image(NEXT), rolled(1, keep=()), image(IMAGE), rolled(1),
        sets(2),
    )),
    Case("a deployment is scaled to nothing and back", (
        create(deployment("web", replicas=2), keep=()), rolled(2, keep=()),
        spec(replicas=0), rolled(0), sets(1), spec(replicas=1), rolled(1), sets(1),
    )),
    Case("a paused deployment starts no rollout", (
        create(deployment("web"), keep=()), rolled(1, keep=()), spec(paused=True),
        Until(DEPLOYMENT, both(
            condition("Progressing", "Unknown", "DeploymentPaused"), seen()), SEEN),
        image(NEXT), Until(DEPLOYMENT, seen(updatedReplicas=0), SEEN), sets(1),
    )),
    Case("a paused deployment can be scaled", (
        create(deployment("web"), keep=()), rolled(1, keep=()), spec(paused=True, replicas=2),
        Until(DEPLOYMENT, seen(replicas=2, availableReplicas=2), SEEN), events("Deployment", 2),
    )),
    Case("a deployment that is resumed rolls out what has changed", (
        create(deployment("web"), keep=()), rolled(1, keep=()), spec(paused=True), image(NEXT),
        Until(DEPLOYMENT, seen(updatedReplicas=0), ()), spec(paused=False), rolled(1), sets(2),
    )),
    Case("a deployment that recreates stops all old pods first", (
        create(deployment("web", replicas=2, strategy={"type": "Recreate"}), keep=()),
        rolled(2, keep=()), image(NEXT), rolled(2, keep=()), events("Deployment", 3), sets(2),
    )),
    Case("a deployment keeps as many old replica sets as its limit says", (
        create(deployment("web", revisionHistoryLimit=1), keep=()), rolled(1, keep=()),
        image(NEXT), rolled(1, keep=()), image("registry.example.org/shop/web:3"),
        rolled(1, keep=()), sets(2),
    )),
    Case("a deployment without a deadline says nothing of its progress", (
        create(deployment("web", progressDeadlineSeconds=2147483647), keep=()), rolled(1),
    )),
    Case("a deployment's annotations are copied to its replica set", (
        create(deployment("web") | {"metadata": {
            "name": "web", "annotations": {"kubernetes.io/change-cause": "first"}}}, keep=()),
        rolled(1), sets(1),
        patch(DEPLOYMENT, {"metadata": {"annotations": {"kubernetes.io/change-cause": "next"}}},
              keep=("/metadata/generation",)),
        rolled(1), sets(1),
    )),
    Case("a rollout is restarted by an annotation of its template", (
        create(deployment("web"), keep=()), rolled(1, keep=()),
        patch(DEPLOYMENT, {"spec": {"template": {"metadata": {
            "annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}}, keep=()),
        rolled(1), sets(2),
    )),
    Case("a deployment that is deleted takes its replica sets along", (
        create(deployment("web"), keep=()), rolled(1, keep=()), delete(DEPLOYMENT),
        Until(SETS, count(0), keep=()), Until(PODS, count(0), keep=()),
    )),
    Case("a deployment that is deleted can leave its replica sets behind", (
        create(deployment("web"), keep=()), rolled(1, keep=()),
        delete(DEPLOYMENT, {"propagationPolicy": "Orphan"}, keep=()),
        Until(DEPLOYMENT, gone, ()), sets(1), settled_pods(1),
    )),
)  # fmt: skip
