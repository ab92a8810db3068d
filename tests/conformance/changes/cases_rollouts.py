"""`rollout undo`, `restart`, `pause` and `resume`."""

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import (
    AGENT,
    AGENT_HISTORY,
    ALONE,
    API,
    CONF,
    DB,
    DB_HISTORY,
    HELD,
    HISTORY,
    PROXY,
    WEB,
    workload,
)

_UNDONE = """
rollout undo deploy web
rollout undo deploy/web --to-revision=1
rollout undo deploy/web --to-revision=3
rollout undo deploy/web --to-revision=9
rollout undo deploy/web --to-revision=-1
rollout undo deploy/api
rollout undo deploy/nope
rollout undo deploy -l app=web
rollout undo deploy/web --dry-run=client
rollout undo deploy/web --dry-run=server
rollout undo deploy/web -o yaml
rollout undo
rollout undo deploy/web ;; rollout undo deploy/web
rollout undo deploy/web --to-revision=1 ;; rollout undo deploy/web
"""
_UNDONE_STATEFUL = """
rollout undo sts/db
rollout undo sts/db --to-revision=9
rollout undo sts/db --dry-run=client
rollout undo sts/db --dry-run=server
rollout undo sts/db ;; rollout undo sts/db
"""
_UNDONE_EVERYWHERE = """
rollout undo ds/agent
rollout undo ds/agent --to-revision=3
rollout undo ds/agent --to-revision=9
rollout undo ds/agent --dry-run=client
rollout undo ds/agent ;; rollout undo ds/agent
"""
_RESTARTED = """
rollout restart deploy/web
rollout restart deploy web api
rollout restart deploy/web sts/db
rollout restart sts/db
rollout restart ds/agent
rollout restart deploy -l app=web
rollout restart deploy -l app=none
rollout restart deploy/held
rollout restart deploy/nope
rollout restart cm/conf
rollout restart pod/proxy
rollout restart
rollout restart deploy/web -o name
rollout restart deploy/web -o yaml
rollout restart deploy/web --field-manager=me
"""
_PAUSED = """
rollout pause deploy/web
rollout pause deploy web api
rollout pause deploy/held
rollout pause deploy/nope
rollout pause sts/db
rollout pause cm/conf
rollout pause
rollout pause deploy/web -o name
rollout pause deploy/web -o yaml
rollout pause deploy/web ;; rollout pause deploy/web
rollout pause deploy/web ;; set image deploy/web web=web:2 ;; rollout resume deploy/web
"""
_RESUMED = """
rollout resume deploy/held
rollout resume deploy/web
rollout resume deploy -l app=held
rollout resume deploy/nope
rollout resume sts/db
rollout resume cm/conf
rollout resume
rollout resume deploy/held -o yaml
rollout resume deploy/held ;; rollout restart deploy/held
rollout resume deploy/held ;; rollout resume deploy/held
"""
_REASONED = "".join(
    workload("Deployment", "web", tag, annotations={"note": tag, "example.org/kept": "yes"})
    for tag in "123"
)
_LIKE_KUBECTL = """
rollout undo deploy/web --like-kubectl
rollout undo deploy/web --to-revision=1 --like-kubectl
"""
_UNDONE_PARTLY = "rollout undo deploy/web deploy/api\nrollout undo deploy"
_PARTLY = """
rollout restart deploy
rollout pause deploy/web deploy/held
rollout pause deploy
rollout resume deploy web held
"""
_ALL = """
rollout undo deploy/web
rollout restart deploy/web
rollout pause deploy/web
rollout resume deploy/held
"""
_WORKLOADS = WEB + API + DB + AGENT + ALONE + HELD + CONF
GROUPS = (
    Group(_UNDONE, HISTORY, API + CONF),
    Group("rollout undo cm/conf", CONF, difference="go-words"),
    Group(_UNDONE_PARTLY, HISTORY + API, difference="whole-plans"),
    Group(_PARTLY, WEB + API + HELD, difference="whole-plans"),
    Group("rollout undo deploy/web", _REASONED, difference="undo-choice"),
    Group(_LIKE_KUBECTL, _REASONED, theirs=((" --like-kubectl", ""),)),
    Group(_UNDONE_STATEFUL, DB_HISTORY),
    Group(_UNDONE_EVERYWHERE, AGENT_HISTORY),
    Group("rollout undo deploy/held", HELD),
    Group(_RESTARTED, choice=_WORKLOADS + PROXY),
    Group(_PAUSED, choice=_WORKLOADS),
    Group(_RESUMED, choice=_WORKLOADS),
    *(Group(_ALL, HISTORY + HELD, who=who) for who in (Who.OPERATOR, Who.READER, Who.STRANGER)),
)
