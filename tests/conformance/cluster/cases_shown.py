"""Objects in tables: the columns and cells of every kind but pods, custom resources included."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.conformance.cluster.case import Case, Request, Step, Until
from tests.conformance.cluster.writing import (
    APPS,
    BATCH,
    CORE,
    POLICY,
    Item,
    at,
    condition,
    config_map,
    containers,
    count,
    create,
    daemon_set,
    deployment,
    item,
    job,
    path,
    replica_set,
    service,
    stateful_set,
    table,
    template,
    update,
)

WHOLE = "?includeObject=Object"
STARTED = "2026-01-01T00:00:00Z"


def _tabled(
    sentence: str,
    *items: Item,
    before: Sequence[Step] = (),
    status: Item | None = None,
    whole: bool = True,
) -> Case:
    include = "Object" if whole else "None"
    # What each namespace has by itself is not what the case is about.
    where = (
        f"{path(items[0])}?includeObject={include}&fieldSelector=metadata.name!=kube-root-ca.crt"
    )
    steps: list[Step] = [create(each, keep=()) for each in items]
    if status:
        steps.append(update(items[0] | {"status": status}, "/status", keep=()))
    return Case(sentence, (*steps, *before, table(where)))


def _slice(name: str, endpoints: Sequence[str], *ports: Item) -> Item:
    return item(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        name,
        addressType="IPv4",
        ports=list(ports),
        endpoints=[{"addresses": [each]} for each in endpoints],
    )


def _binding(name: str, *subjects: Item) -> Item:
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    return item(
        "rbac.authorization.k8s.io/v1", "RoleBinding", name, roleRef=role, subjects=list(subjects)
    )


def _subject(kind: str, name: str, **more: str) -> Item:
    group = {} if kind == "ServiceAccount" else {"apiGroup": "rbac.authorization.k8s.io"}
    return {"kind": kind, "name": name, **group, **more}


def _event(name: str, **parts: Any) -> Item:
    about = {"kind": "Pod", "namespace": "{ns}", "name": "one"}
    return item("v1", "Event", name, **({"involvedObject": about} | parts))


def _cron_job(name: str, **spec: Any) -> Item:
    return item(
        "batch/v1",
        "CronJob",
        name,
        spec={
            "schedule": "0 3 1 1 *",
            "jobTemplate": {
                "spec": {"template": {"spec": containers() | {"restartPolicy": "OnFailure"}}}
            },
        }
        | spec,
    )


def _unmanaged(name: str, **spec: Any) -> Item:
    """Return a Job that no controller of the cluster touches."""
    return job(name, managedBy="example.org/nobody", **spec)


def _hpa(name: str, *metrics: Item, **spec: Any) -> Item:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"}
    return item(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        name,
        spec={"scaleTargetRef": target, "maxReplicas": 5, "metrics": list(metrics)} | spec,
    )


def _metric(source: str, kind: str = "Utilization", name: str = "cpu", **target: Any) -> Item:
    return {"type": source, source.lower(): {"name": name, "target": {"type": kind, **target}}}


def _node(name: str, labels: Mapping[str, str], **spec: Any) -> Item:
    fake = {"kwok.x-k8s.io/node": "fake"}
    return item("v1", "Node", name, labels=dict(labels), annotations=fake, spec=spec)


def _node_case(sentence: str, labels: Mapping[str, str], **spec: Any) -> Case:
    name = "{ns}-node"
    steps = (
        create(_node(name, labels, **spec), keep=()),
        Until(f"/api/v1/nodes/{name}", condition("Ready"), keep=()),
        table(
            f"/api/v1/nodes?fieldSelector=metadata.name={name}",
            keep=("/columnDefinitions", *(f"/rows/0/cells/{number}" for number in range(4))),
        ),
    )
    return Case(sentence, steps, after=(f"/api/v1/nodes/{name}",))


def _crd(columns: Sequence[Item]) -> Item:
    version: Item = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {
            "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        },
    }
    if columns:
        version["additionalPrinterColumns"] = list(columns)
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "shortNames": ["gt"]}
    return item(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "gadgets.{ns}.example.org",
        spec={
            "group": "{ns}.example.org",
            "scope": "Namespaced",
            "names": names,
            "versions": [version],
        },
    )


_GADGETS = "/apis/{ns}.example.org/v1/namespaces/{ns}/gadgets"
_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def _custom(sentence: str, columns: Sequence[Item], gadget: Item) -> Case:
    body = {"apiVersion": "{ns}.example.org/v1", "kind": "Gadget", "metadata": {"name": "one"}}
    return Case(
        sentence,
        (
            create(_crd(columns), keep=()),
            Until(f"{_CRDS}/gadgets.{{ns}}.example.org", condition("Established"), keep=()),
            Until(_GADGETS, lambda code, _: code == 200, keep=()),
            Request("POST", _GADGETS, body | gadget, keep=()),
            table(_GADGETS + WHOLE),
        ),
        after=(f"{_CRDS}/gadgets.{{ns}}.example.org",),
    )


def _column(name: str, kind: str, where: str, **more: Any) -> Item:
    return {"name": name, "type": kind, "jsonPath": where, **more}


_SETTLED = condition("Progressing", reason="NewReplicaSetAvailable")
CASES = (
    _tabled(
        "config maps by the number of their entries",
        config_map("a"),
        config_map("b", data={"x": "1", "y": "2"}, binaryData={"z": "AA=="}),
    ),
    _tabled(
        "secrets by type and number of entries",
        item("v1", "Secret", "a", stringData={"x": "1"}),
        item("v1", "Secret", "b", type="example.org/other"),
    ),
    Case("namespaces by phase", (table("/api/v1/namespaces/{ns}?includeObject=Object"),)),
    Case("service accounts", (table(f"{CORE}/serviceaccounts{WHOLE}"),)),
    _tabled("a service of the cluster", service("a")),
    _tabled("a headless service without ports", service("a", clusterIP="None", ports=[])),
    _tabled(
        "a service on each node's port",
        service(
            "a",
            type="NodePort",
            ports=[
                {"name": "x", "port": 80, "nodePort": 31907},
                {"name": "y", "port": 81, "protocol": "UDP", "nodePort": 31908},
            ],
        ),
    ),
    _tabled(
        "a service that waits for its balancer",
        service("a", type="LoadBalancer", allocateLoadBalancerNodePorts=False),
    ),
    _tabled(
        "a service with its balancer's address",
        service("a", type="LoadBalancer", allocateLoadBalancerNodePorts=False),
        status={"loadBalancer": {"ingress": [{"hostname": "b.example.org"}]}},
    ),
    _tabled(
        "a service that is another's name",
        item("v1", "Service", "a", spec={"type": "ExternalName", "externalName": "db.example.org"}),
    ),
    _tabled(
        "a deployment that is available",
        deployment("web", replicas=2),
        before=(Until(f"{APPS}/deployments/web", _SETTLED, keep=()),),
    ),
    _tabled(
        "a deployment with a selector of sets",
        deployment(
            "web",
            replicas=0,
            selector={
                "matchLabels": {"app": "web"},
                "matchExpressions": [
                    {"key": "app", "operator": "In", "values": ["web", "api"]},
                    {"key": "tier", "operator": "DoesNotExist"},
                ],
            },
        ),
        before=(Until(f"{APPS}/deployments/web", _SETTLED, keep=()),),
    ),
    _tabled(
        "a replica set",
        replica_set("web", replicas=2),
        before=(Until(f"{APPS}/replicasets/web", at("/status/readyReplicas", 2), keep=()),),
    ),
    _tabled(
        "a stateful set",
        stateful_set("db", replicas=1),
        before=(Until(f"{APPS}/statefulsets/db", at("/status/readyReplicas", 1), keep=()),),
    ),
    _tabled(
        "the revisions of a stateful set",
        stateful_set("db", replicas=0),
        before=(
            Until(f"{APPS}/controllerrevisions", count(1), keep=()),
            table(f"{APPS}/controllerrevisions?includeObject=None"),
        ),
    ),
    _tabled(
        "a daemon set that no node is for",
        daemon_set("log", template=template("log", nodeSelector={"a": "b"})),
        before=(Until(f"{APPS}/daemonsets/log", at("/status/observedGeneration", 1), keep=()),),
    ),
    _tabled("a job that runs", _unmanaged("once"), status={"active": 1, "startTime": STARTED}),
    _tabled(
        "a job that is complete",
        job("once"),
        before=(Until(f"{BATCH}/jobs/once", condition("Complete"), keep=()),),
    ),
    _tabled(
        "a job that has not started",
        job("once", suspend=True),
        before=(Until(f"{BATCH}/jobs/once", condition("Suspended"), keep=()),),
    ),
    _tabled("cron jobs", _cron_job("a"), _cron_job("b", timeZone="Europe/Berlin", suspend=True)),
    _tabled(
        "an autoscaler by what it aims at",
        _hpa(
            "a",
            _metric("Resource", averageUtilization=80),
            _metric("Resource", "AverageValue", "memory", averageValue="1Gi"),
            {
                "type": "Pods",
                "pods": {
                    "metric": {"name": "hits"},
                    "target": {"type": "AverageValue", "averageValue": "10"},
                },
            },
            minReplicas=2,
        ),
        whole=False,  # its controller is at work on the status
    ),
    _tabled(
        "disruption budgets",
        *(
            item(
                "policy/v1",
                "PodDisruptionBudget",
                name,
                spec={field: value, "selector": {"matchLabels": {"app": "web"}}},
            )
            for name, field, value in (("a", "minAvailable", 1), ("b", "maxUnavailable", "50%"))
        ),
        before=(
            Until(
                f"{POLICY}/poddisruptionbudgets/a", condition("DisruptionAllowed", "False"), keep=()
            ),
            Until(
                f"{POLICY}/poddisruptionbudgets/b", condition("DisruptionAllowed", "False"), keep=()
            ),
        ),
    ),
    _tabled(
        "endpoint slices, a few of their ports and addresses",
        _slice(
            "a",
            ["192.0.2.1", "192.0.2.2"],
            {"port": 80},
            {"name": "x", "port": 81, "protocol": "UDP"},
        ),
        _slice(
            "b",
            [f"192.0.2.{n}" for n in range(1, 6)],
            *({"name": f"p{n}", "port": n} for n in range(1, 5)),
        ),
        _slice("c", []),
    ),
    _tabled(
        "leases by their holder",
        item("coordination.k8s.io/v1", "Lease", "a", spec={"holderIdentity": "me"}),
        item("coordination.k8s.io/v1", "Lease", "b", spec={}),
    ),
    _tabled(
        "roles",
        item(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "reader",
            rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
        ),
    ),
    _tabled(
        "bindings by their subjects",
        _binding(
            "a",
            _subject("User", "ada"),
            _subject("User", "bob"),
            _subject("Group", "dev"),
            _subject("ServiceAccount", "bot", namespace="{ns}"),
        ),
        _binding("b"),
    ),
    _tabled(
        "events with their series",
        _event(
            "a",
            type="Warning",
            reason="Failed",
            message=" no \n",
            count=3,
            firstTimestamp=STARTED,
            lastTimestamp=STARTED,
            source={"component": "kubelet", "host": "node-0"},
        ),
        _event(
            "b",
            type="Normal",
            reason="Pulled",
            action="Pull",
            reportingComponent="x.example.org/y",
            reportingInstance="z",
            eventTime="2026-01-01T00:00:00.000000Z",
            series={"count": 7, "lastObservedTime": "2026-01-01T00:00:00.000000Z"},
        ),
    ),
    _node_case(
        "a node with its roles",
        {
            "node-role.kubernetes.io/worker": "",
            "node-role.kubernetes.io/edge": "",
            "kubernetes.io/role": "old",
        },
    ),
    _node_case("a node that takes no pods", {}, unschedulable=True),
    _custom("a custom resource by its age", (), {}),
    _custom(
        "the columns of a custom resource",
        (
            _column("Size", "integer", ".spec.size"),
            _column("Colour", "string", ".spec.colour", description="Its colour"),
            _column("Ready", "string", '.status.conditions[?(@.type=="Ready")].status'),
            _column("First", "string", ".spec.tags[0]"),
            _column("On", "boolean", ".spec.on"),
            _column("Share", "number", ".spec.share"),
            _column("Note", "string", r".metadata.annotations.example\.org/note", priority=1),
            _column("Wrong", "integer", ".spec.colour"),
            _column("Many", "string", ".spec.tags"),
            _column("Flag", "string", ".spec.on"),
            _column("Age", "date", ".metadata.creationTimestamp"),
        ),
        {
            "spec": {"size": 12, "colour": "red", "tags": ["a", "b"], "on": True, "share": 0.5},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]},
            "metadata": {"name": "one", "annotations": {"example.org/note": "n"}},
        },
    ),
    Case(
        "definitions of custom resources",
        (
            create(_crd(()), keep=()),
            Until(f"{_CRDS}/gadgets.{{ns}}.example.org", condition("Established"), keep=()),
            table(
                f"{_CRDS}/gadgets.{{ns}}.example.org", keep=("/columnDefinitions", "/rows/0/cells")
            ),
        ),
        after=(f"{_CRDS}/gadgets.{{ns}}.example.org",),
    ),
    Case(
        "the usage of nodes",
        (table("/apis/metrics.k8s.io/v1beta1/nodes", keep=("/columnDefinitions",)),),
    ),
    Case(
        "a table carries as much of the objects as is asked for",
        (
            create(config_map("one"), keep=()),
            table(f"{CORE}/configmaps/one?includeObject=None"),
            table(f"{CORE}/configmaps/one?includeObject=Metadata"),
            table(f"{CORE}/configmaps/one?includeObject=Object"),
            table(f"{CORE}/configmaps/one"),
        ),
    ),
)
