"""`apply`, `create`, `delete` and `diff` of manifests."""

from functools import partial

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import CONF, CRED, SVC, WEB, WIDGET, workload

_CHANGED = CONF.replace("debug", "info").replace("first", "second")
_NEW = """
apiVersion: v1
kind: ConfigMap
metadata: {name: new}
data: {key: value}
---
"""
_LISTED = """
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {key: value}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: two}, data: {key: value}}
"""
_UNKNOWN_FIELD = _NEW.replace("\ndata:", "\ndatum: {a: b}\ndata:")
_FILES = {
    "-": _NEW,
    "conf.yaml": CONF,
    "changed.yaml": _CHANGED,
    "new.yaml": _NEW,
    "several.yaml": _CHANGED + _NEW + SVC,
    "list.yaml": _LISTED,
    "new.json": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new"},"data":{"k":"v"}}',
    "secret.yaml": CRED.replace("ada,", "eve,"),
    "web.yaml": workload("Deployment", "web", "2"),
    "widget.yaml": WIDGET.replace("3", "4"),
    "here.yaml": _NEW.replace("name: new", "name: new, namespace: TWIN"),
    "foreign.yaml": _NEW.replace("name: new", "name: new, namespace: shop"),
    "namespace.yaml": "{apiVersion: v1, kind: Namespace, metadata: {name: TWIN-extra}}",
    "unknown-field.yaml": _UNKNOWN_FIELD,
    "unknown-kind.yaml": "{apiVersion: example.org/v1, kind: Nope, metadata: {name: new}}",
    "no-kind.yaml": "{apiVersion: v1, metadata: {name: new}}",
    "no-version.yaml": "{kind: ConfigMap, metadata: {name: new}}",
    "no-name.yaml": "{apiVersion: v1, kind: ConfigMap, data: {key: value}}",
    "bad-name.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: Not_Valid}}",
    "bad-type.yaml": _NEW.replace("key: value", "key: 7"),
    "empty.yaml": "",
    "comments.yaml": "# nothing\n---\n# to do\n",
    "broken.yaml": "apiVersion: v1\nkind: [ConfigMap\n",
    "no-object.yaml": "just words\n",
    "partly.yaml": _NEW + "---\napiVersion: example.org/v1\nkind: Nope\nmetadata: {name: nope}\n",
}
_APPLIED = """
apply -f HERE/new.yaml
apply -f HERE/new.json
apply -f -
apply -f HERE/conf.yaml
apply -f HERE/changed.yaml
apply -f HERE/changed.yaml --force-conflicts
apply -f HERE/several.yaml --force-conflicts
apply -f HERE/list.yaml
apply -f HERE/secret.yaml --force-conflicts
apply -f HERE/web.yaml
apply -f HERE/web.yaml --force-conflicts
apply -f HERE/widget.yaml --force-conflicts
apply -f HERE/here.yaml
apply -f HERE/foreign.yaml
apply -f HERE/namespace.yaml
apply -f HERE/unknown-field.yaml
apply -f HERE/unknown-field.yaml --validate=warn
apply -f HERE/unknown-field.yaml --validate=ignore
apply -f HERE/unknown-kind.yaml
apply -f HERE/bad-type.yaml
apply -f HERE/empty.yaml
apply -f HERE/comments.yaml
apply -f HERE/missing.yaml
apply
apply -f HERE/new.yaml --dry-run=server
apply -f HERE/new.yaml -o name
apply -f HERE/new.yaml -o yaml
apply -f HERE/new.yaml --field-manager=me
apply -f HERE/several.yaml -l tier=front --force-conflicts
apply -f HERE/new.yaml ;; apply -f HERE/new.yaml
"""
_AFTER_CLIENT_SIDE = """
apply -f HERE/changed.yaml -o name
apply -f HERE/conf.yaml --dry-run=server
apply -f HERE/changed.yaml ;; apply -f HERE/conf.yaml
"""
_CREATED = """
create -f HERE/new.yaml
create -f -
create -f HERE/conf.yaml
create -f HERE/list.yaml
create -f HERE/here.yaml
create -f HERE/foreign.yaml
create -f HERE/unknown-field.yaml
create -f HERE/unknown-field.yaml --validate=warn
create -f HERE/unknown-kind.yaml
create -f HERE/bad-type.yaml
create -f HERE/empty.yaml
create -f HERE/missing.yaml
create -f HERE/new.yaml --dry-run=client
create -f HERE/new.yaml --dry-run=server
create -f HERE/new.yaml -o name
create -f HERE/new.yaml -o yaml --dry-run=client
create -f HERE/new.yaml ;; create -f HERE/new.yaml
"""
_DELETED = """
delete -f HERE/conf.yaml
delete -f -
delete -f HERE/several.yaml --ignore-not-found
delete -f HERE/new.yaml
delete -f HERE/new.yaml --ignore-not-found
delete -f HERE/web.yaml --cascade=orphan
delete -f HERE/foreign.yaml
delete -f HERE/unknown-kind.yaml
delete -f HERE/missing.yaml
delete -f HERE/conf.yaml --dry-run=client
delete -f HERE/conf.yaml --dry-run=server
delete -f HERE/conf.yaml --wait=false
delete cm conf -f HERE/conf.yaml
"""
_COMPARED = """
diff -f HERE/conf.yaml
diff -f HERE/unknown-kind.yaml
diff -f HERE/missing.yaml
diff -f HERE/foreign.yaml
diff
"""
_MISTAKEN = """
apply -f HERE/no-kind.yaml
apply -f HERE/no-version.yaml
apply -f HERE/no-name.yaml
apply -f HERE/broken.yaml
apply -f HERE/no-object.yaml
create -f HERE/no-kind.yaml
create -f HERE/no-name.yaml
create -f HERE/broken.yaml
"""
_PARTLY = """
apply -f HERE/several.yaml
apply -f HERE/partly.yaml
create -f HERE/several.yaml
create -f HERE/partly.yaml
delete -f HERE/several.yaml
"""
_NEW_BESIDE = """
diff -f HERE/secret.yaml
diff -f HERE/changed.yaml --force-conflicts
diff -f HERE/several.yaml --force-conflicts
diff -f HERE/web.yaml --force-conflicts
diff -f HERE/secret.yaml --force-conflicts
diff -f HERE/new.yaml
diff -f -
"""
_CONFLICTING = """
diff -f HERE/changed.yaml
diff -f HERE/widget.yaml
"""
_THERE = CONF + CRED + WEB + WIDGET
_SERVER_SIDE = (("apply ", "apply --server-side "), ("diff ", "diff --server-side "))
_READING_FIRST = "apply -f HERE/new.yaml\ndelete -f HERE/conf.yaml"
_AT_ONCE = "create -f HERE/new.yaml\ndiff -f HERE/conf.yaml"
_group = partial(Group, files=_FILES, theirs=_SERVER_SIDE)
GROUPS = (
    _group(_APPLIED, _THERE),
    _group(_AFTER_CLIENT_SIDE, before="apply -f HERE/conf.yaml"),
    _group(_CREATED, CONF),
    _group(_DELETED, _THERE),
    _group(_COMPARED, _THERE),
    _group(_MISTAKEN, CONF, difference="manifest-sentences"),
    _group(_PARTLY, _THERE, difference="whole-plans"),
    _group(_NEW_BESIDE, _THERE, difference="diff-names"),
    _group(_CONFLICTING, _THERE, difference="go-log-lines"),
    *(_group(f"{_READING_FIRST}\n{_AT_ONCE}", CONF, who=who) for who in (Who.OPERATOR, Who.READER)),
    _group(_READING_FIRST, CONF, who=Who.STRANGER, difference="read-first"),
    _group(_AT_ONCE, CONF, who=Who.STRANGER),
)
