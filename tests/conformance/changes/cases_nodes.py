"""`cordon`, `uncordon`, `taint` and `drain`."""

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import node, on_the_node, pod, workload

_CORDONED = """
cordon TWIN-a
cordon TWIN-a TWIN-b
cordon node/TWIN-a
cordon TWIN-off
cordon TWIN-a TWIN-off
cordon -l twin=TWIN
cordon nope
cordon
cordon TWIN-a --dry-run=client
cordon TWIN-a --dry-run=server
cordon TWIN-a ;; cordon TWIN-a
"""
_UNCORDONED = """
uncordon TWIN-off
uncordon TWIN-a
uncordon TWIN-off TWIN-a
uncordon nope
uncordon
uncordon TWIN-off --dry-run=client
uncordon TWIN-off ;; cordon TWIN-off
"""
_TAINTED = """
taint node TWIN-a key=value:NoSchedule
taint node TWIN-a key:PreferNoSchedule
taint node TWIN-a key=value:NoSchedule other=value:NoExecute
taint node TWIN-a TWIN-b key=value:NoSchedule
taint node -l twin=TWIN key=value:NoSchedule
taint node TWIN-a key=value:Nope
taint node TWIN-a key=value
taint node TWIN-a old-
taint node TWIN-a old:NoSchedule-
taint node TWIN-a old=value:NoSchedule-
taint node TWIN-a nope-
taint node TWIN-a old=other:NoSchedule
taint node TWIN-a old=other:NoSchedule --overwrite
taint node TWIN-a key=a:NoSchedule key=b:NoSchedule
taint node TWIN-a key=value:NoSchedule old-
taint node nope key=value:NoSchedule
taint node TWIN-a
taint
taint cm TWIN-a key=value:NoSchedule
taint node TWIN-a key=value:NoSchedule --dry-run=client
taint node TWIN-a key=value:NoSchedule --dry-run=server
taint node TWIN-a key=value:NoSchedule --field-manager=me
taint node TWIN-a key=value:NoSchedule ;; taint node TWIN-a key-
"""
_DRAINED_EMPTY = """
drain nodes/TWIN-a
drain TWIN-a TWIN-off
drain TWIN-off
drain -l twin=TWIN
drain nope
drain
drain TWIN-a --dry-run=client
drain TWIN-a --dry-run=server
"""
_NOT_DRAINED_OF_A_LONELY_POD = "drain TWIN-a\ndrain TWIN-a --disable-eviction"
_DRAINED_OF_A_LONELY_POD = """
drain TWIN-a --force
drain TWIN-a --force --dry-run=client
drain TWIN-a --force --dry-run=server
drain TWIN-a --force --grace-period=0
drain TWIN-a --force --disable-eviction
drain TWIN-a --force --pod-selector=app=none
drain TWIN-a --pod-selector=app=
drain TWIN-a --force ;; uncordon TWIN-a
"""
_NOT_DRAINED_OF_OTHERS = """
drain TWIN-a --timeout=30s
drain TWIN-a --ignore-daemonsets
drain TWIN-a --ignore-daemonsets --delete-emptydir-data
drain TWIN-a --ignore-daemonsets --delete-emptydir-data --dry-run=client
drain TWIN-a --delete-emptydir-data --force
"""
_DRAINED_OF_OTHERS = """
drain TWIN-a --ignore-daemonsets --delete-emptydir-data --force
drain TWIN-a --pod-selector='app in (db)'
"""
_BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: held}
spec: {minAvailable: 1, selector: {matchLabels: {app: held}}}
"""
_HELD_BACK = "drain TWIN-a --force --timeout=2s"
_THERE = on_the_node("a")
_OFF = node("off", cordoned=True)
_NODES = node("a") + node("b") + _OFF
_LONELY = node("a") + pod("lonely", _THERE)
_SCRATCH = {"volumes": [{"name": "scratch", "emptyDir": {}}]}
_OTHERS = (
    node("a")
    + workload("DaemonSet", "agent", place=_THERE)
    + workload("StatefulSet", "db", spec={"replicas": 1}, place=_THERE)
    + pod("cache", _THERE | _SCRATCH)
)
_ALL = """
cordon TWIN-a
uncordon TWIN-off
taint node TWIN-a key=value:NoSchedule
drain TWIN-a
"""
GROUPS = (
    Group(_CORDONED, _NODES),
    Group(_UNCORDONED, _NODES),
    Group(_TAINTED, node("a", taints=("old",)) + node("b")),
    Group(_DRAINED_EMPTY, node("a") + _OFF),
    Group(_NOT_DRAINED_OF_A_LONELY_POD, _LONELY, difference="drain-refusals"),
    Group(_DRAINED_OF_A_LONELY_POD, _LONELY),
    Group(_NOT_DRAINED_OF_OTHERS, _OTHERS, difference="drain-refusals"),
    Group(_DRAINED_OF_OTHERS, _OTHERS, difference="random-order"),
    Group(_HELD_BACK, node("a") + pod("held", _THERE) + _BUDGET, difference="drain-timeouts"),
    Group(f"{_HELD_BACK} --disable-eviction", node("a") + pod("held", _THERE) + _BUDGET),
    *(Group(_ALL, _NODES, who=who) for who in (Who.OPERATOR, Who.STRANGER)),
    Group(_ALL, _NODES, who=Who.READER, difference="asked-first"),
)
