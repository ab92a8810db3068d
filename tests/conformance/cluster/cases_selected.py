"""Objects that are chosen: label selectors, field selectors, and those that cannot be read."""

from typing import Any
from urllib.parse import quote

from tests.conformance.cluster.case import Case
from tests.conformance.cluster.writing import (
    APPS,
    BATCH,
    CORE,
    Item,
    config_map,
    create,
    get,
    item,
    job,
    pod,
    service,
    table,
)

UNSCHEDULED = {"schedulerName": "nobody"}
"""A pod that no scheduler and no kubelet touches."""


def _event(name: str, **parts: Any) -> Item:
    about = {"kind": "Pod", "namespace": "{ns}", "name": "one"}
    return item("v1", "Event", name, **({"involvedObject": about} | parts))


_LABELLED = tuple(
    create(config_map(name, labels=labels), keep=())
    for name, labels in (
        ("a", {"app": "web", "tier": "front", "n": "3"}),
        ("b", {"app": "api", "tier": "back"}),
        ("c", {"app": "db", "n": "12"}),
    )
)
_LISTED = ("/rows",)
_REFUSED = ("/code", "/reason")
"""What is told of a label selector that cannot be read; the sentence is out of the scope."""


def _selects(sentence: str, *selectors: str) -> Case:
    listed = (
        table(f"{CORE}/configmaps?includeObject=None&labelSelector={quote(each)}", keep=_LISTED)
        for each in selectors
    )
    return Case(f"selected {sentence}", (*_LABELLED, *listed))


def _misread(sentence: str, *selectors: str) -> Case:
    return Case(
        f"refused are {sentence}",
        tuple(
            get(f"{CORE}/configmaps?labelSelector={quote(each)}", keep=_REFUSED)
            for each in selectors
        ),
    )


def _fields(sentence: str, *queries: str) -> Case:
    one = pod("one", spec=UNSCHEDULED)
    return Case(
        sentence,
        (
            create(one, keep=()),
            create(config_map("a"), keep=()),
            *(
                table(
                    f"{each.partition('?')[0]}?includeObject=None&fieldSelector={quote(each.partition('?')[2])}"
                )
                for each in queries
            ),
        ),
    )


CASES = (
    _selects(
        "by a label's value",
        "app=web",
        "app==web",
        "app=none",
        "app=web,tier=front",
        "app=web,tier=back",
    ),
    _selects("by what a label is not", "app!=web", "tier!=front", "app!=web,app!=db"),
    _selects(
        "by a set of values",
        "app in (web, db)",
        "app notin (web,db)",
        "app in (web),tier notin (back)",
        "tier notin (front)",
    ),
    _selects("by whether there is a label", "tier", "!tier", "tier,!n", "! n"),
    _selects("by an empty value or by nothing", "tier=", "tier in ()", "", "app in (,web)"),
    _misread("a label selector that ends too early", "app in (web", "app in", "app in (", "!"),
    _misread(
        "a label selector with a word too many",
        "app web",
        "app=web tier",
        "app=a=b",
        "app in (a b)",
        "!app=web",
    ),
    _misread(
        "a label selector of commas and signs",
        "=web",
        "app=web,,tier",
        ",app",
        "app in web",
        "app=(web)",
        ")",
    ),
    _misread(
        "a label selector with a key that is none",
        "-app=web",
        "a/b/c=d",
        "/a=b",
        "A.B/c=d",
        "a b/c=d",
        f"{'x' * 64}=y",
    ),
    _misread(
        "a label selector with a value that is none",
        "app=-web",
        "app in (ok,-no,_no)",
        "app=" + "x" * 64,
    ),
    _fields(
        "selected by fields of all kinds",
        f"{CORE}/configmaps?metadata.name=a",
        f"{CORE}/configmaps?metadata.name!=a,metadata.name!=kube-root-ca.crt",
        f"{CORE}/configmaps?metadata.namespace=other",
        f"{CORE}/configmaps?metadata.name==a,metadata.namespace!=x",
    ),
    _fields(
        "selected by fields of pods",
        f"{CORE}/pods?status.phase=Pending",
        f"{CORE}/pods?status.phase!=Pending",
        f"{CORE}/pods?spec.nodeName=",
        f"{CORE}/pods?spec.restartPolicy=Always,spec.schedulerName=nobody",
        f"{CORE}/pods?spec.hostNetwork=false",
        f"{CORE}/pods?spec.serviceAccountName=default",
    ),
    _fields(
        "refused are fields that nothing is selected by",
        f"{CORE}/configmaps?data.key=x",
        f"{CORE}/pods?spec.image=x",
        f"{APPS}/deployments?spec.replicas=1",
        "/api/v1/nodes?spec.other=x",
        f"{BATCH}/jobs?spec.suspend=true",
        f"{CORE}/services?spec.port=1",
        "/api/v1/namespaces?metadata.namespace=x",
    ),
    _fields(
        "refused are field selectors that cannot be read",
        f"{CORE}/pods?metadata.name",
        f"{CORE}/pods?=x",
    ),
    Case(
        "selected by fields of events, jobs, secrets and services",
        (
            create(
                _event("a", type="Warning", reason="Failed", source={"component": "kubelet"}),
                keep=(),
            ),
            create(service("a", clusterIP="None"), keep=()),
            create(item("v1", "Secret", "a"), keep=()),
            create(job("once", suspend=True), keep=()),
            *(
                table(f"{where}?includeObject=None&fieldSelector={quote(what)}", keep=_LISTED)
                for where, what in (
                    (f"{CORE}/events", "involvedObject.name=one,type=Warning"),
                    (f"{CORE}/events", "source=kubelet"),
                    (f"{CORE}/events", "reason!=Failed"),
                    (f"{CORE}/services", "spec.clusterIP=None"),
                    (f"{CORE}/services", "spec.type!=ClusterIP"),
                    (f"{CORE}/secrets", "type=Opaque"),
                    (f"{BATCH}/jobs", "status.successful=0"),
                    (f"{BATCH}/jobs", "status.successful=1"),
                )
            ),
        ),
    ),
)
