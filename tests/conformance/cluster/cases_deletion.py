"""Deletion: preconditions, finalizers, grace and namespaces."""

from tests.conformance.cluster.case import Case, Request, Until
from tests.conformance.cluster.widgets import HELD, IN_TWO, MAPS, NOWHERE, RELEASE, TWO
from tests.conformance.cluster.writing import (
    APPS,
    CORE,
    config_map,
    create,
    delete,
    deployment,
    get,
    gone,
    item,
    patch,
    pod,
)

CASES = (
    Case(
        "what is deleted is told of with its uid",
        (
            create(config_map("one"), keep=()),
            delete(f"{MAPS}/one"),
            create(deployment("web", replicas=0), keep=()),
            delete(f"{APPS}/deployments/web"),
        ),
    ),
    Case(
        "a service account that is deleted is returned",
        (
            create(item("v1", "ServiceAccount", "mine"), keep=()),
            delete(f"{CORE}/serviceaccounts/mine"),
        ),
    ),
    Case(
        "a deletion may ask for a uid",
        (
            create(config_map("one"), keep=(), save={"uid": "/metadata/uid"}),
            delete(
                f"{MAPS}/one",
                {"preconditions": {"uid": "other"}},
                keep=("/reason", "/code", "/details"),
            ),
            delete(f"{MAPS}/one", {"preconditions": {"uid": "{uid}"}}),
        ),
    ),
    Case(
        "a deletion may ask for a version",
        (
            create(config_map("one"), keep=()),
            delete(
                f"{MAPS}/one",
                {"preconditions": {"resourceVersion": "1"}},
                keep=("/reason", "/code", "/details"),
            ),
        ),
    ),
    Case(
        "a dry run deletes nothing",
        (
            create(config_map("one"), keep=()),
            delete(f"{MAPS}/one?dryRun=All"),
            delete(f"{MAPS}/one", {"dryRun": ["All"]}),
            get(f"{MAPS}/one"),
        ),
    ),
    Case(
        "a finalizer holds what is deleted",
        (
            create(HELD, keep=()),
            delete(f"{MAPS}/held"),
            delete(f"{MAPS}/held"),
            RELEASE,
            get(f"{MAPS}/held"),
        ),
    ),
    Case(
        "a finalizer holds a deployment under a new generation",
        (
            create(
                {
                    **deployment("web", replicas=0),
                    "metadata": {"name": "web", "finalizers": ["example.org/hold"]},
                },
                keep=(),
            ),
            delete(
                f"{APPS}/deployments/web",
                keep=(
                    "/metadata/generation",
                    "/metadata/finalizers",
                    "/metadata/deletionGracePeriodSeconds",
                ),
            ),
            patch(f"{APPS}/deployments/web", {"metadata": {"finalizers": None}}, keep=()),
            get(f"{APPS}/deployments/web"),
        ),
    ),
    Case(
        "a deletion is in the foreground or leaves orphans",
        (
            create(config_map("one"), keep=()),
            create(config_map("two"), keep=()),
            delete(f"{MAPS}/one", {"propagationPolicy": "Foreground"}),
            delete(f"{MAPS}/two?propagationPolicy=Orphan"),
            Until(f"{MAPS}/one", gone),
            Until(f"{MAPS}/two", gone),
        ),
    ),
    Case(
        "a pod on a node is deleted with grace, which can be shortened",
        (
            create(pod("one", spec=NOWHERE), keep=()),
            delete(f"{CORE}/pods/one", keep=("/metadata", "/kind")),
            delete(f"{CORE}/pods/one", {"gracePeriodSeconds": 300}, keep=("/metadata",)),
            delete(f"{CORE}/pods/one", {"gracePeriodSeconds": 400}, keep=("/metadata",)),
            delete(f"{CORE}/pods/one", {"gracePeriodSeconds": 0}, keep=("/metadata",)),
            get(f"{CORE}/pods/one"),
        ),
    ),
    Case(
        "a pod without a node is deleted at once",
        (
            create(pod("one", spec={"nodeSelector": {"nowhere": "yes"}}), keep=()),
            delete(f"{CORE}/pods/one?gracePeriodSeconds=30", keep=("/metadata", "/kind")),
            get(f"{CORE}/pods/one"),
        ),
    ),
    Case(
        "a namespace ends with everything in it",
        (
            create(TWO),
            Request("POST", f"{IN_TWO}/configmaps", HELD, keep=()),
            delete(IN_TWO),
            get(IN_TWO, keep=("/status/phase", "/spec")),
            delete(IN_TWO, keep=("/status/phase", "/spec", "/kind")),
            patch(f"{IN_TWO}/configmaps/held", {"metadata": {"finalizers": None}}, keep=()),
            Until(IN_TWO, gone),
        ),
        after=(IN_TWO,),
    ),
    Case(
        "a namespace that every cluster needs cannot be deleted",
        tuple(
            delete(f"/api/v1/namespaces/{name}?dryRun=All")
            for name in ("default", "kube-public", "kube-system")
        ),
    ),
)
