"""`scale` and `autoscale`."""

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import AGENT, ALONE, API, CONF, DB, JOB, WEB

_SCALED = """
scale deploy/web --replicas=3
scale deployments.apps/web --replicas=3
scale deploy web api --replicas=2
scale deploy/web sts/db --replicas=1
scale sts/db --replicas=2
scale rs/alone --replicas=1
scale deploy --all --replicas=2
scale deploy -l app=web --replicas=2
scale deploy -l app=none --replicas=2
scale deploy/web --replicas=1 --current-replicas=0
scale deploy/web --replicas=1 --current-replicas=7
scale deploy/web deploy/api --replicas=1 --current-replicas=3
scale deploy/web --replicas=-1
scale deploy/web
scale deploy --replicas=1
scale ds/agent --replicas=1
scale cm/conf --replicas=1
scale job/once --replicas=2
scale deploy/nope --replicas=1
scale deploy/web --replicas=x
scale deploy/web --replicas=3 --dry-run=client
scale deploy/web --replicas=3 --dry-run=server
scale deploy/web --replicas=3 --dry-run=maybe
scale deploy/web --replicas=3 -o name
scale deploy/web --replicas=3 -o yaml
scale deploy/web --replicas=3 -o json --dry-run=server
scale deploy/web --replicas=3 --resource-version=1
scale deploy/web --replicas=3 --timeout=10s
scale deploy/web --replicas=2 ;; scale deploy/web --replicas=4 --current-replicas=2
"""
_AUTOSCALED = """
autoscale deploy web --max=5
autoscale deploy/web --min=2 --max=5
autoscale deploy web --min=2 --max=5 --cpu=80%
autoscale deploy web --max=5 --memory=70%
autoscale deploy web --max=5 --memory=200Mi --cpu=50%
autoscale deploy web --max=5 --name=other
autoscale deploy web
autoscale deploy web --min=5 --max=2
autoscale deploy web --max=0
autoscale deploy web --max=5 --cpu=abc
autoscale deploy nope --max=5
autoscale deploy web api --max=3
autoscale sts db --max=3
autoscale ds agent --max=3
autoscale cm conf --max=3
autoscale deploy web --max=5 --dry-run=client
autoscale deploy web --max=5 --dry-run=server
autoscale deploy web --max=5 -o yaml --dry-run=client
"""
_SCALE, _AUTOSCALE = "scale deploy/web --replicas=3", "autoscale deploy/web --max=3"
_AGAIN = "autoscale deploy web --max=5 ;; autoscale deploy web --max=6"
GROUPS = (
    Group("autoscale --max=3"),
    Group(_AGAIN, WEB, difference="older-autoscaler"),
    Group("scale deploy/web deploy/nope --replicas=2", WEB, difference="whole-plans"),
    Group(_SCALED, choice=WEB + API + DB + AGENT + ALONE + CONF + JOB),
    Group(_AUTOSCALED, choice=WEB + API + DB + AGENT + ALONE + CONF),
    Group(f"{_SCALE}\n{_AUTOSCALE}", WEB, who=Who.OPERATOR),
    Group(_SCALE, WEB, who=Who.READER),
    Group(_AUTOSCALE, WEB, who=Who.READER, difference="older-autoscaler"),
    Group(_SCALE, WEB, who=Who.STRANGER, difference="read-first"),
    Group(_AUTOSCALE, WEB, who=Who.STRANGER),
)
