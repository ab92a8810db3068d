"""`delete`, by name and by selection; from files it stands among the manifests."""

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import (
    CONF,
    CRED,
    CRON,
    DB,
    JOB,
    PROXY,
    SVC,
    WEB,
    WIDGET,
    node,
    on_the_node,
    workload,
)

_DELETED = """
delete cm conf
delete configmap/conf secret/cred
delete cm conf conf
delete cm nope
delete cm nope --ignore-not-found
delete nope conf
delete cm
delete cm/conf nope
delete
delete cm -l tier=back
delete cm -l tier=none
delete cm,secrets -l tier=back
delete secrets --all
delete cm conf --all
delete cm conf -l tier=back
delete cm --field-selector=metadata.name=conf
delete cm conf --dry-run=client
delete cm conf --dry-run=server
delete cm conf -o name
delete cm conf --wait=false
delete cm conf --timeout=5s
delete cm conf --cascade=maybe
delete svc front
delete deploy web
delete deploy/web sts/db
delete deploy web --cascade=orphan
delete deploy web --cascade=foreground
delete deploy web --cascade=false
delete deployments.v1.apps/web
delete sts db --cascade=orphan
delete job once
delete cronjob nightly
delete wd gear
delete pod proxy
delete pod proxy --now
delete pod proxy --force
delete pod proxy --grace-period=0
delete pod proxy --force --grace-period=0
delete pod proxy --now --grace-period=1
delete pod proxy --wait=false
delete pods --all
delete cm conf ;; delete cm conf
"""
_HELD_OBJECT = """
apiVersion: v1
kind: ConfigMap
metadata: {name: held, finalizers: [example.org/hold]}
"""
_HELD = """
delete cm held --wait=false
delete cm held --timeout=1s
delete cm held --wait=false ;; delete cm held --wait=false
"""
_OUTSIDE = """
apiVersion: v1
kind: Namespace
metadata: {name: TWIN-extra}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: TWIN-urgent}
value: 7
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: TWIN-reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
"""
_CLUSTER_WIDE = """
delete ns TWIN-extra
delete ns TWIN-extra --wait=false
delete clusterrole TWIN-reader
delete ns/TWIN-extra priorityclass/TWIN-urgent
delete clusterrole TWIN-reader --dry-run=server
"""
_ONE = "delete cm conf\ndelete pod proxy\ndelete deploy web"
_RUNS = workload("Deployment", "web", spec={"replicas": 2}, place=on_the_node("a"))
GROUPS = (
    Group(_DELETED, choice=CONF + CRED + CRON + DB + JOB + PROXY + SVC + WEB + WIDGET),
    Group(_HELD, _HELD_OBJECT),
    Group(_CLUSTER_WIDE, _OUTSIDE),
    Group("delete node TWIN-a", node("a")),
    Group("delete deploy web --cascade=foreground --timeout=20s", node("a") + _RUNS),
    *(Group(_ONE, choice=CONF + PROXY + WEB, who=who) for who in (Who.OPERATOR, Who.READER)),
    Group(_ONE, choice=CONF + PROXY + WEB, who=Who.STRANGER, difference="read-first"),
    Group("delete cm conf nope", CONF, difference="whole-plans"),
)
