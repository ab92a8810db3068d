"""Phrases that delete, cordon, drain and taint nothing, and to which we say what kubectl says."""

from collections.abc import Mapping

GROUPS: Mapping[str, str] = {
    "deleted": """
delete
delete cm
delete cm '' -n shop
delete cm nope -n shop
delete cm nope also -n shop
delete cm nope -n shop --ignore-not-found
delete cm nope -n vacant
delete cm --all -n vacant --dry-run=server
delete cm web-config nope -n shop --dry-run=client
delete cm web-config -n shop --dry-run=server
delete cm/web-config secret/registry -n shop --dry-run=server
delete cm,secret nope -n shop
delete cm,secret --all -n shop --dry-run=client
delete cm web-config -n shop -o name --dry-run=client
delete cm web-config -n shop -o name --dry-run=server
delete cm web-config -n shop -o yaml
delete cm -n shop -l nope=1
delete cm -n shop -l nope=1 -o name
delete pods -n shop -l app=db --dry-run=client
delete cm web-config -n shop --all
delete cm/web-config -n shop -l app=web
delete cm -n shop --all -l app=web
delete cm -n shop --field-selector=metadata.name=web-config --dry-run=server
delete cm -n shop --field-selector=nope
delete cm web-config -n shop --now --grace-period=5
delete cm web-config -n shop --now --force
delete cm web-config -n shop --force --grace-period=5
delete cm web-config -n shop --force --dry-run=client
delete cm web-config -n shop --force --grace-period=0 --dry-run=server
delete cm web-config -n shop --grace-period=0 --dry-run=server
delete cm web-config -n shop --cascade=foo
delete cm web-config -n shop --cascade=true --dry-run=client
delete cm web-config -n shop --cascade=false --dry-run=server
delete cm web-config -n shop --cascade=orphan --dry-run=server
delete cm web-config -n shop --dry-run=foo
delete cm web-config -A
delete cm --all -A --dry-run=client
delete ns shop --dry-run=client
delete ns shop -n ops --dry-run=server
delete ns,nodes nope -n ops --dry-run=client
delete foo bar
delete clusterrole nope
delete wd/large -n shop --dry-run=server
delete deployments.v1.apps/web -n shop --dry-run=server
""",
    "nodes": """
cordon
cordon nope
cordon node-a nope
cordon pods/nope
cordon node-a -l a=b
cordon -l a=b
cordon -l kubernetes.io/os=linux --dry-run=server
cordon node-a --dry-run=client
cordon node/node-a --dry-run=server
cordon node-c
cordon node-a --dry-run=foo
uncordon
uncordon nope
uncordon node-a
uncordon node-c --dry-run=server
uncordon node-c node-a --dry-run=client
taint
taint nodes
taint nodes node-a
taint node-a a=b:NoSchedule
taint pods x a=b:NoSchedule
taint nodes node-a a=b:Foo
taint nodes node-a a=b
taint nodes node-a =b:NoSchedule
taint nodes node-a a=b=c:NoSchedule
taint nodes node-a a=-x:NoSchedule
taint nodes node-a /b:NoSchedule
taint nodes node-a a/b/c=d:NoSchedule
taint nodes node-a A_/b=d:NoSchedule
taint nodes node-a a=c:NoSchedule a-
taint nodes node-a a=c:NoSchedule a=d:NoSchedule
taint nodes node-a a=c:NoSchedule:x
taint nodes node-a a=c:NoSchedule b
taint nodes node-a x:NoSchedule-
taint nodes node-a a- b-
taint nodes nope a=b:NoSchedule
taint nodes -l foo=bar a=b:NoSchedule
taint nodes --all -l foo=bar a=b:NoSchedule
taint nodes --all a=b:NoSchedule --dry-run=server
taint nodes node-a a=b:NoSchedule --dry-run=client
taint no node-a a=b:NoSchedule -o name --dry-run=server
taint nodes node-c node.kubernetes.io/unschedulable:NoSchedule
""",
    "drained": """
drain
drain nope
drain node-c -l a=b
drain -l a=b
drain node-c --ignore-daemonsets --dry-run=client
drain node-c --ignore-daemonsets --pod-selector=a=b=c
drain node-a --pod-selector=app=nothing --dry-run=server
drain node-a node-c --pod-selector=app=nothing --dry-run=client
drain node-b --ignore-daemonsets --force --delete-emptydir-data --dry-run=client
""",
}
