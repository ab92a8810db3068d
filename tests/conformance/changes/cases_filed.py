"""What is changed of the objects that files name: `-f` of the commands that also take names."""

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import API, CONF, HELD, HISTORY, PROXY, SVC, WEB, workload

_FILES = {
    "-": CONF,
    "conf.yaml": CONF,
    "web.yaml": workload("Deployment", "web", "9"),
    "held.yaml": HELD,
    "both.yaml": WEB + API,
    "front.yaml": SVC + CONF,
    "proxy.yaml": PROXY,
    "here.yaml": CONF.replace("name: conf", "name: conf, namespace: TWIN"),
    "foreign.yaml": CONF.replace("name: conf", "name: conf, namespace: shop"),
    "gone.yaml": CONF.replace("name: conf", "name: gone"),
    "unknown-kind.yaml": "{apiVersion: example.org/v1, kind: Nope, metadata: {name: new}}",
    "empty.yaml": "",
    "patch.yaml": "data: {level: info}\n",
    "patch.json": '[{"op":"replace","path":"/data/level","value":"info"}]',
    "broken.json": '{"data"',
    "none.txt": "",
}
_MARKED = """
label -f HERE/conf.yaml team=shop
label -f - team=shop
label -f HERE/front.yaml team=shop
label -f HERE/front.yaml -l tier=front team=shop
label -f HERE/front.yaml -l tier=none team=shop
label -f HERE/conf.yaml tier-
label -f HERE/conf.yaml tier=front
label -f HERE/conf.yaml team=shop --resource-version=1
label -f HERE/front.yaml team=shop --resource-version=1
label -f HERE/conf.yaml team=shop -o yaml
label -f HERE/conf.yaml team=shop --dry-run=client
label -f HERE/conf.yaml --list
label -f HERE/front.yaml --list
label -f HERE/here.yaml team=shop
label -f HERE/gone.yaml team=shop
label -f HERE/empty.yaml team=shop
label -f HERE/unknown-kind.yaml team=shop
label -f HERE/missing.yaml team=shop
label cm conf -f HERE/conf.yaml team=shop
label -f HERE/conf.yaml
annotate -f HERE/conf.yaml why=because
annotate -f HERE/front.yaml why=because
annotate -f HERE/conf.yaml note-
annotate -f HERE/gone.yaml why=because
annotate cm conf -f HERE/conf.yaml why=because
"""
_SIZED = """
scale -f HERE/web.yaml --replicas=3
scale -f HERE/both.yaml --replicas=3
scale -f HERE/both.yaml --replicas=3 -l app=web
scale -f HERE/web.yaml --replicas=3 --current-replicas=1
scale -f HERE/web.yaml --replicas=3 --current-replicas=7
scale -f HERE/gone.yaml --replicas=3
scale -f HERE/empty.yaml --replicas=3
scale -f HERE/conf.yaml --replicas=3
scale deploy web -f HERE/web.yaml --replicas=3
autoscale -f HERE/web.yaml --max=5
autoscale -f HERE/both.yaml --min=2 --max=5 --cpu=80%
autoscale -f HERE/conf.yaml --max=5
autoscale deploy web -f HERE/web.yaml --max=5
expose -f HERE/web.yaml --port=80
expose -f HERE/conf.yaml --port=80
expose deploy web -f HERE/web.yaml --port=80
"""
_REWRITTEN = """
set image -f HERE/web.yaml main=web:5
set image -f HERE/both.yaml *=new:5
set image -f HERE/both.yaml -l app=web *=new:5
set image -f HERE/conf.yaml main=web:5
set image -f HERE/gone.yaml main=web:5
set image deploy web -f HERE/web.yaml main=web:5
set env -f HERE/web.yaml MODE=fast
set env -f HERE/both.yaml MODE=fast
set env -f HERE/web.yaml --list
set env deploy web -f HERE/web.yaml MODE=fast
patch -f HERE/conf.yaml -p '{"data":{"level":"info"}}'
patch -f HERE/conf.yaml -p '{"data":{"level":"debug"}}'
patch -f HERE/conf.yaml --patch-file=HERE/patch.yaml
patch -f HERE/foreign.yaml -p '{"data":{"level":"info"}}'
patch -f HERE/gone.yaml -p '{"data":{"level":"info"}}'
patch cm conf -f HERE/conf.yaml -p '{"data":{"level":"info"}}'
patch cm conf --patch-file=HERE/patch.yaml
patch cm conf --patch-file HERE/patch.json --type=json
patch cm conf --patch-file=HERE/broken.json
patch cm conf --patch-file=HERE/none.txt
patch cm conf --patch-file=HERE/missing.yaml
patch cm conf --patch-file=HERE/patch.yaml -p '{"data":{"level":"info"}}'
"""
_ROLLED = """
rollout undo -f HERE/web.yaml
rollout undo -f HERE/web.yaml --to-revision=1
rollout undo deploy web -f HERE/web.yaml
rollout restart -f HERE/web.yaml
rollout restart -f HERE/conf.yaml
rollout restart -f HERE/missing.yaml
rollout restart deploy web -f HERE/web.yaml
rollout pause -f HERE/web.yaml
rollout pause -f HERE/held.yaml
rollout resume -f HERE/held.yaml
rollout resume -f HERE/web.yaml
"""
_SCALED = "scale -f HERE/web.yaml --replicas=3"
_ALLOWED = """
label -f HERE/conf.yaml team=shop
set image -f HERE/web.yaml main=web:5
patch cm conf --patch-file HERE/patch.yaml
rollout restart -f HERE/web.yaml
"""
GROUPS = (
    Group(_MARKED, CONF + SVC, files=_FILES),
    Group(_SIZED, WEB + API + SVC + CONF, files=_FILES),
    Group(_REWRITTEN, WEB + API + CONF, files=_FILES),
    Group(_ROLLED, HISTORY + HELD + CONF, files=_FILES),
    *(Group(_SCALED, WEB, files=_FILES, who=who) for who in (Who.OPERATOR, Who.READER)),
    Group(_SCALED, WEB, files=_FILES, who=Who.STRANGER, difference="read-first"),
    *(
        Group(_ALLOWED, WEB + CONF, files=_FILES, who=who)
        for who in (Who.OPERATOR, Who.READER, Who.STRANGER)
    ),
)
