"""The other controllers over time: pods, jobs, nodes, services, namespaces."""

from collections.abc import Sequence

from tests.conformance.cluster.case import Case, Request, Until
from tests.conformance.cluster.timelines import (
    BAD,
    DAEMON,
    JOB,
    NEXT,
    ON_A,
    REVISIONS,
    SETS,
    SLICES,
    STATEFUL,
    STATUS,
    budget,
    daemons,
    events,
    everywhere,
    image,
    node,
    owned,
    phase,
    rolled,
    seen,
    settled_pods,
    spec,
    stateful,
    waiting,
)
from tests.conformance.cluster.writing import (
    BATCH,
    CORE,
    IMAGE,
    POLICY,
    RBAC,
    at,
    both,
    condition,
    config_map,
    containers,
    count,
    create,
    daemon_set,
    delete,
    deployment,
    get,
    gone,
    item,
    job,
    patch,
    pod,
    replica_set,
    service,
    stateful_set,
    template,
)

# The bed's third node is cordoned already.
CORDONED = patch("/api/v1/nodes/node-c", {"spec": {"unschedulable": True}}, keep=())

SETS_OF_PODS: Sequence[Case] = (
    Case("a replica set keeps its number of pods", (
        create(replica_set("web", replicas=2), keep=()),
        Until(f"{SETS}/web", seen(availableReplicas=2), STATUS), settled_pods(2),
    )),
    Case("a replica set tells which pods it makes and deletes", (
        create(replica_set("web"), keep=()), Until(f"{SETS}/web", seen(availableReplicas=1), ()),
        spec(f"{SETS}/web", replicas=0),
        Until(f"{SETS}/web", seen(replicas=0, terminatingReplicas=0), STATUS),
        events("ReplicaSet", 2),
    )),
    Case("a stateful set numbers its pods", (
        create(stateful_set("web", replicas=2), keep=()), stateful(2), settled_pods(2),
        events("StatefulSet", 2),
    )),
    Case("a stateful set waits for one pod before it makes the next", (
        create(stateful_set("web", BAD, replicas=2), keep=()),
        Until(f"{CORE}/pods/web-0", waiting("ImagePullBackOff"), ()),
        Until(STATEFUL, seen(replicas=1), STATUS), get(f"{CORE}/pods/web-1"),
    )),
    Case("a parallel stateful set makes all of its pods at once", (
        create(stateful_set("web", BAD, replicas=2, podManagementPolicy="Parallel"), keep=()),
        Until(STATEFUL, seen(replicas=2), STATUS),
    )),
    Case("a stateful set rolls a new image out from the last pod on", (
        create(stateful_set("web", replicas=2), keep=()), stateful(2), image(NEXT, STATEFUL),
        stateful(2, currentReplicas=2), events("StatefulSet", 6), get(REVISIONS, keep=("/items",)),
    )),
    Case("a stateful set renews pods on deletion alone", (
        create(stateful_set("web", updateStrategy={"type": "OnDelete"}), keep=()), stateful(1),
        image(NEXT, STATEFUL), Until(STATEFUL, seen(readyReplicas=1, updatedReplicas=0), STATUS),
        delete(f"{CORE}/pods/web-0", keep=()), stateful(1), settled_pods(1),
    )),
    Case("a stateful set shrinks from its last pod on", (
        create(stateful_set("web", replicas=3), keep=()), stateful(3), spec(STATEFUL, replicas=1),
        stateful(1), settled_pods(1), events("StatefulSet", 5),
    )),
    Case("a stateful set goes back to the revision it had", (
        create(stateful_set("web"), keep=()), stateful(1), image(NEXT, STATEFUL),
        stateful(1, currentReplicas=1), image(IMAGE, STATEFUL), stateful(1, currentReplicas=1),
        get(REVISIONS, keep=("/items",)),
    )),
    Case("a daemon set has a pod on each node, be it cordoned or not", (
        CORDONED,
        create(daemons(), keep=()), everywhere(), settled_pods(3),
        get(REVISIONS, keep=("/items",)),
    )),
    Case("a daemon set keeps to the nodes that its selector means", (
        create(daemon_set("web", template=template(
            "web", nodeSelector=ON_A)), keep=()),
        everywhere(desiredNumberScheduled=1, numberAvailable=1, updatedNumberScheduled=1),
    )),
    Case("a daemon set without nodes has nothing to do", (
        create(daemon_set("web", template=template("web", nodeSelector={"no": "node"})), keep=()),
        everywhere(desiredNumberScheduled=0, numberAvailable=0, updatedNumberScheduled=0),
    )),
    Case("a daemon set rolls a new image out from node to node", (
        create(daemons(), keep=()), everywhere(), image(NEXT, DAEMON), everywhere(),
        get(REVISIONS, keep=("/items",)),
    )),
    Case("a daemon set whose new image cannot be pulled waits at the first node", (
        create(daemons(), keep=()), everywhere(), image(BAD, DAEMON),
        Until(DAEMON, seen(updatedNumberScheduled=1, numberUnavailable=1), STATUS),
    )),
)  # fmt: skip

RUNS: Sequence[Case] = (
    Case("a job runs its pod to the end", (
        create(job("web", template={"spec": containers() | {
            "restartPolicy": "Never", "nodeSelector": ON_A}}), keep=()),
        Until(JOB, condition("Complete"), STATUS), events("Job", 2),
        Until(f"{CORE}/pods?labelSelector=job-name%3Dweb", count(1, phase("Succeeded")),
              keep=("/items",)),
    )),
    Case("a job runs as many pods as it has completions", (
        create(job("web", completions=3, parallelism=2), keep=()),
        Until(JOB, condition("Complete"), STATUS),
    )),
    Case("a job that is suspended waits until it is resumed", (
        create(job("web", suspend=True), keep=()), Until(JOB, condition("Suspended"), STATUS),
        spec(JOB, suspend=False), Until(JOB, condition("Complete"), STATUS), events("Job", 4),
    )),
    Case("a job that runs is stopped when it is suspended", (
        create(job("web", BAD), keep=()), Until(JOB, at("/status/active", 1), ()),
        spec(JOB, suspend=True),
        Until(JOB, both(condition("Suspended"), at("/status/terminating", 0)), STATUS),
    )),
    Case("a job fails when its pods fail too often", (
        create(job("web", BAD, backoffLimit=0), keep=()),
        Until(f"{CORE}/pods?labelSelector=job-name%3Dweb", count(1, waiting("ImagePullBackOff")),
              keep=(), save={"pod": "/items/0/metadata/name"}),
        patch(f"{CORE}/pods/{{pod}}/status", {"status": {"phase": "Failed"}}, keep=()),
        Until(JOB, condition("Failed"), STATUS), events("Job", 2),
    )),
    Case("a job that is deleted takes its pods along", (
        create(job("web"), keep=()), Until(JOB, condition("Complete"), ()),
        delete(JOB, {"propagationPolicy": "Background"}, keep=()),
        Until(f"{CORE}/pods?labelSelector=job-name%3Dweb", count(0), keep=()),
    )),
    Case("a cron job that is suspended starts nothing", (
        create(item("batch/v1", "CronJob", "web", spec={
            "schedule": "* * * * *", "suspend": True,
            "jobTemplate": {"spec": job("web")["spec"]}})),
        get(f"{BATCH}/cronjobs/web", keep=STATUS), get(f"{BATCH}/jobs", keep=("/items",)),
    )),
    Case("a cron job starts a job when it is due", (
        create(item("batch/v1", "CronJob", "web", spec={
            "schedule": "* * * * *", "jobTemplate": {"spec": job("web")["spec"]}}), keep=()),
        Until(f"{BATCH}/cronjobs/web", lambda code, body: "lastSuccessfulTime" in body["status"],
              keep=("/status/lastScheduleTime", "/status/lastSuccessfulTime"), seconds=75),
        get(f"{BATCH}/jobs", keep=("/items/0/metadata/annotations", "/items/0/status",
                                   "/items/0/metadata/ownerReferences")),
    )),
    Case("a pod whose image cannot be pulled waits", (
        create(pod("one", BAD), keep=()),
        Until(f"{CORE}/pods/one", waiting("ImagePullBackOff"), STATUS),
    )),
    Case("a pod whose image crashes is started again and again", (
        create(pod("one", "registry.example.org/shop/web:crash"), keep=()),
        Until(f"{CORE}/pods/one", waiting("CrashLoopBackOff"),
              ("/status/phase", "/status/conditions")),
    )),
    Case("a pod that is deleted is gone after its grace", (
        create(pod("one"), keep=()), Until(f"{CORE}/pods/one", condition("Ready"), ()),
        delete(f"{CORE}/pods/one", keep=()), Until(f"{CORE}/pods/one", gone),
    )),
)  # fmt: skip

PLACES: Sequence[Case] = (
    Case("a pod that no node's labels suit is not placed", (
        CORDONED,
        create(pod("one", spec={"nodeSelector": {"disk": "none"}}), keep=()),
        Until(f"{CORE}/pods/one", condition("PodScheduled", "False"),
              ("/status/conditions", "/status/phase")),
        get(f"{CORE}/pods/one", keep=("/metadata/generation",)), events("Pod", 1),
    )),
    Case("a pod that asks for more than any node has is not placed", (
        CORDONED,
        create(pod("one", spec=containers(resources={"requests": {"cpu": "1000"}})), keep=()),
        Until(f"{CORE}/pods/one", condition("PodScheduled", "False"), ("/status/phase",)),
        events("Pod", 1),
    )),
    Case("a pod that bears a cordon can be placed on the node", (
        CORDONED,
        create(pod("one", spec={
            "nodeSelector": {"kubernetes.io/hostname": "node-c"},
            "tolerations": [{"operator": "Exists"}]}), keep=()),
        Until(f"{CORE}/pods/one", condition("Ready"), ("/spec/nodeName", "/metadata/labels")),
    )),
    Case("a pod that names its node is not scheduled", (
        create(pod("one", spec={"nodeName": "node-a"}), keep=()),
        Until(f"{CORE}/pods/one", condition("Ready"), STATUS),
    )),
    Case("a pod that is placed is told of", (
        create(pod("one", spec={"nodeSelector": ON_A}), keep=()),
        Until(f"{CORE}/pods/one", condition("Ready"), STATUS),
    )),
    Case("a service's slices hold its ready pods", (
        create(service("web", ports=[{"name": "http", "port": 80, "targetPort": "web"}]), keep=()),
        create(pod("one", labels={"app": "web"}, spec=containers(
            ports=[{"name": "web", "containerPort": 8080}])
            | {"nodeSelector": ON_A}), keep=()),
        Until(SLICES, count(1, at("/endpoints/0/conditions/ready", True)), keep=("/items",)),
    )),
    Case("a service without pods has an empty slice", (
        create(service("web"), keep=()), Until(SLICES, count(1), keep=("/items",)),
    )),
    Case("a headless service knows its pods by name", (
        create(service("web", clusterIP="None"), keep=()),
        create(stateful_set("web", template=template(
            "web", nodeSelector=ON_A)), keep=()),
        Until(SLICES, count(1, at("/endpoints/0/conditions/ready", True)), keep=("/items",)),
    )),
    Case("a service that is deleted takes its slices along", (
        create(service("web"), keep=()), Until(SLICES, count(1), keep=()),
        delete(f"{CORE}/services/web", keep=()), Until(SLICES, count(0), keep=()),
    )),
    Case("a budget counts the pods that it protects", (
        create(deployment("web", replicas=3), keep=()), rolled(3, keep=()),
        create(budget(minAvailable=2), keep=()),
        Until(f"{POLICY}/poddisruptionbudgets/web", seen(disruptionsAllowed=1), STATUS),
    )),
    Case("a budget in percent counts what the deployment wants", (
        create(deployment("web", BAD, replicas=3), keep=()),
        create(budget(maxUnavailable="50%"), keep=()),
        Until(f"{POLICY}/poddisruptionbudgets/web", seen(expectedPods=3), STATUS),
    )),
    Case("a budget without pods says so", (
        create(budget(minAvailable="50%"), keep=()),
        Until(f"{POLICY}/poddisruptionbudgets/web", seen(expectedPods=0), STATUS),
    )),
    Case("a node that is cordoned is tainted", (
        create(node("{ns}-node"), keep=()),
        Until("/api/v1/nodes/{ns}-node", both(condition("Ready"), at(
            "/spec/taints/0/key", "node.kubernetes.io/unschedulable")), keep=("/spec",)),
        Until("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{ns}-node",
              lambda code, _: code == 200, keep=("/metadata/ownerReferences/0/kind",)),
    ), after=("/api/v1/nodes/{ns}-node",)),
)  # fmt: skip

ENDS: Sequence[Case] = (
    Case("a namespace begins with an account and a certificate", (
        Until(f"{CORE}/serviceaccounts/default", lambda code, _: code == 200),
        Until(f"{CORE}/configmaps/kube-root-ca.crt", lambda code, _: code == 200,
              keep=("/metadata/annotations",)),
    )),
    Case("a default account that is deleted comes back", (
        Until(f"{CORE}/serviceaccounts/default", lambda code, _: code == 200, (),
              save={"uid": "/metadata/uid"}),
        delete(f"{CORE}/serviceaccounts/default", keep=()),
        Until(f"{CORE}/serviceaccounts/default", lambda code, _: code == 200, ("/metadata/name",)),
    )),
    Case("a namespace ends with all that is in it", (
        create(item("v1", "Namespace", "{ns}-more"), keep=()),
        Request("POST", "/api/v1/namespaces/{ns}-more/configmaps", config_map("one"), keep=()),
        delete("/api/v1/namespaces/{ns}-more", keep=("/status/phase",)),
        Until("/api/v1/namespaces/{ns}-more", gone, seconds=100),
        get("/api/v1/namespaces/{ns}-more/configmaps/one"),
    ), after=("/api/v1/namespaces/{ns}-more",)),
    Case("what has lost its owner is deleted", (
        create(config_map("owner"), keep=(), save={"uid": "/metadata/uid"}),
        create(owned("part", "owner"), keep=()),
        delete(f"{CORE}/configmaps/owner", {"propagationPolicy": "Background"}, keep=()),
        Until(f"{CORE}/configmaps/part", gone),
    )),
    Case("what is deleted in the foreground waits for its parts", (
        create(config_map("owner"), keep=(), save={"uid": "/metadata/uid"}),
        create(owned("part", "owner") | {"metadata": owned("part", "owner")["metadata"] | {
            "finalizers": ["example.org/hold"]}}, keep=()),
        delete(f"{CORE}/configmaps/owner", {"propagationPolicy": "Foreground"}, keep=()),
        Until(f"{CORE}/configmaps/part", lambda code, body: "deletionTimestamp" in body["metadata"],
              keep=("/metadata/finalizers",)),
        get(f"{CORE}/configmaps/owner", keep=("/metadata/finalizers",)),
        patch(f"{CORE}/configmaps/part", {"metadata": {"finalizers": None}}, keep=()),
        Until(f"{CORE}/configmaps/owner", gone, ()),
    )),
    Case("what is orphaned stays without its owner", (
        create(config_map("owner"), keep=(), save={"uid": "/metadata/uid"}),
        create(owned("part", "owner"), keep=()),
        delete(f"{CORE}/configmaps/owner", {"propagationPolicy": "Orphan"}, keep=()),
        Until(f"{CORE}/configmaps/owner", gone, ()),
        get(f"{CORE}/configmaps/part", keep=("/metadata/ownerReferences",)),
    )),
    Case("an aggregated role has the rules of its parts", (
        create(item("rbac.authorization.k8s.io/v1", "ClusterRole", "{ns}-part", rules=[
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}], labels={"of": "{ns}"}),
            keep=()),
        create(item("rbac.authorization.k8s.io/v1", "ClusterRole", "{ns}-whole", aggregationRule={
            "clusterRoleSelectors": [{"matchLabels": {"of": "{ns}"}}]}, rules=[]), keep=()),
        Until(f"{RBAC}/clusterroles/{{ns}}-whole", at("/rules/0/verbs/0", "get"), keep=("/rules",)),
    ), after=(f"{RBAC}/clusterroles/{{ns}}-part", f"{RBAC}/clusterroles/{{ns}}-whole")),
)  # fmt: skip

CASES = (*SETS_OF_PODS, *RUNS, *PLACES, *ENDS)
