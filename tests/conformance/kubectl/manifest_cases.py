"""Phrases about manifests: those that are answered alike, and those that differ on purpose."""

from collections.abc import Mapping

from tests.conformance.kubectl.case import Case

_HERE = "tests/conformance/kubectl/manifests"
_CORPUS = "tests/kube/manifests/corpus"

_ALIKE = """
apply --server-side
apply --server-side -f HERE/nope.yaml
apply --server-side -f HERE/nothing.yaml
apply --server-side -f HERE/nope-*.yaml
apply --server-side -f HERE/settings.yaml foo
apply --server-side -f HERE/settings.yaml -n shop --dry-run=server
apply --server-side -f HERE/settings.yaml -n shop --dry-run=client
apply --server-side -f HERE/settings.yaml -n shop --dry-run=maybe
apply --server-side -f HERE/settings.yaml -n shop --dry-run=server -o name
apply --server-side -f HERE/settings.yaml -n shop --dry-run=server -l part=network
apply --server-side -f HERE/settings.yaml -n shop --dry-run=server -l part!=network
apply --server-side -f HERE/settings.yaml -n shop --dry-run=server -l part=none
apply --server-side -f HERE/settings.yaml -n shop -l a===b
apply --server-side -f HERE/settings.yaml -n shop --validate=maybe
apply --server-side -f HERE/settings.yaml -n shop --force
apply --server-side -f HERE/settings.yaml -n shop --dry-run=server --validate=false
apply --server-side -f HERE/settings.yaml -f HERE/shop.json -n shop --dry-run=server
apply --server-side -f HERE/shop.json --dry-run=server
apply --server-side -f HERE/shop.json -n prod --dry-run=server
apply --server-side -f HERE/list.yaml --dry-run=server
apply --server-side -f HERE/generated.yaml --dry-run=server
apply --server-side -f HERE/unknown-type.yaml
apply --server-side -f HERE/unknown-field.yaml -n shop --dry-run=server
apply --server-side -f HERE/unknown-field.yaml -n vacant --dry-run=server
apply --server-side -f HERE/no-name.yaml -n shop --dry-run=server
apply --server-side -f HERE/settings.yaml -n nowhere --dry-run=server -l part=network
apply --server-side -f HERE/more --dry-run=server
apply --server-side -f HERE/more -R --dry-run=server
apply --server-side -f HERE/m* --dry-run=server
apply --server-side -f HERE/there.yaml --field-manager=somebody --dry-run=server
apply --server-side -f HERE/there.yaml --force-conflicts --field-manager=me --dry-run=server
create -f HERE/nope.yaml
create -f HERE/nothing.yaml
create -f HERE/settings.yaml foo
create -f HERE/settings.yaml -n shop --dry-run=client
create -f HERE/settings.yaml -n shop --dry-run=server
create -f HERE/settings.yaml -n shop --dry-run=server -o name
create -f HERE/settings.yaml -n shop --dry-run=client -l part=network
create -f HERE/list.yaml --dry-run=client
create -f HERE/generated.yaml -n shop --dry-run=client
create -f HERE/there.yaml --dry-run=server
create -f HERE/there.yaml -n prod --dry-run=server
create -f HERE/unknown-type.yaml
create -f HERE/unknown-field.yaml -n shop --dry-run=server
create -f HERE/no-name.yaml -n shop --dry-run=server
delete -f HERE/nope.yaml
delete -f HERE/nothing.yaml
delete -f HERE/settings.yaml pod web
delete -f HERE/settings.yaml -n shop
delete -f HERE/settings.yaml -n shop --ignore-not-found
delete -f HERE/settings.yaml -n shop --dry-run=client
delete -f HERE/there.yaml --dry-run=server
delete -f HERE/there.yaml -n prod
delete -f HERE/there.yaml --dry-run=server -o name
delete -f HERE/unknown-type.yaml
diff --server-side
diff --server-side -f HERE/nope.yaml
diff --server-side -f HERE/nothing.yaml
diff --server-side -f HERE/settings.yaml foo
diff --server-side -f HERE/unknown-type.yaml
diff --server-side -f HERE/shop.json -n prod
"""
GROUPS: Mapping[str, str] = {"manifests": _ALIKE.replace("HERE", _HERE)}

PARTLY = (
    Case(f"diff --server-side -f {_HERE}/there.yaml --field-manager=somebody", "diff-names"),
    Case(f"diff --server-side --force-conflicts -f {_HERE}/there.yaml", "diff-names"),
    Case(
        f"diff -f {_HERE}/there.yaml --force-conflicts",
        "diff-names",
        f"diff --server-side --force-conflicts -f {_HERE}/there.yaml",
    ),
)
WHOLLY = (
    Case(
        f"apply -f {_HERE}/settings.yaml -n shop --server-side=false --dry-run=server",
        "server-side",
        "",
        "configmap/from-a-file created (server dry run)",
        "error: --server-side=false is refused",
    ),
    Case(
        f"create -f {_CORPUS}/two-keys-deep.yaml -n shop --dry-run=client",
        "strict-yaml",
        "",
        "configmap/web created (dry run)",
        f'error: {_CORPUS}/two-keys-deep.yaml, document 1, line 8: the key "a" stands there twice',
    ),
    Case(
        f"create -f {_CORPUS}/merge-key-of-alias.yaml -n shop --dry-run=client",
        "strict-yaml",
        "",
        "configmap/web created (dry run)",
        f"error: {_CORPUS}/merge-key-of-alias.yaml, document 1, line 1:"
        " it names a place to be repeated (&x)",
    ),
    Case(
        f"create -f {_CORPUS}/no-kind.yaml -n shop --dry-run=client",
        "manifest-sentences",
        "",
        "error validating data: kind not set",
        f"error: {_CORPUS}/no-kind.yaml, document 1, line 1: it has no kind",
    ),
    Case(
        f"apply --server-side -f {_HERE}/twice.yaml --dry-run=server -o name",
        "named-once",
        "",
        "configmap/first\nconfigmap/first",
        f"error: {_HERE}/twice.yaml, document 2, line 5: configmaps first stands in"
        f" {_HERE}/twice.yaml, line 1 already",
    ),
    Case(
        f"create -f {_HERE}/settings.yaml -n shop --dry-run=client --save-config",
        "manifest-flags",
        "",
        "configmap/from-a-file created (dry run)",
        "error: --save-config is refused: it writes a copy of the manifest into the object",
    ),
    Case(
        f"create -k {_HERE}",
        "manifest-flags",
        "",
        "error: unable to find one of 'kustomization.yaml'",
        "error: -k is refused: a kustomization may fetch and run what it names",
    ),
    Case(
        "create -f https://127.0.0.1:1/web.yaml",
        "no-addresses",
        "",
        "The connection to the server 127.0.0.1:1 was refused",
        "error: -f https://127.0.0.1:1/web.yaml is refused: no address is fetched",
    ),
)
ELSEWHERE = ("manifest-size", "dry-run-migration")
"""Tried by tests/kube/manifests and by test_applied_objects.py."""
