"""JSON Patch, merge patch and strategic merge patch."""

from typing import Any

from tests.conformance.cluster.case import Case, Request, Step
from tests.conformance.cluster.objects import DATA, MADE, ONE, TEMPLATE, WEB, web
from tests.conformance.cluster.writing import (
    CORE,
    PATCH_JSON,
    PATCH_MERGE,
    PATCH_STRATEGIC,
    Item,
    config_map,
    create,
    get,
    patch,
    service,
)


def json_patch(*operations: Item, keep: Any = DATA) -> Request:
    return patch(ONE, list(operations), PATCH_JSON, keep=keep)


def op(name: str, path: str, **more: Any) -> Item:
    return {"op": name, "path": path, **more}


def strategic(body: Any, *keep: str) -> tuple[Step, ...]:
    """Return the steps that make a Deployment and patch its pods' spec."""
    whole = {"spec": {"template": {"spec": body}}}
    return (
        create(web(), keep=()),
        patch(WEB, whole, PATCH_STRATEGIC, keep=tuple(TEMPLATE + each for each in keep)),
    )


CASES = (
    # -------------------------------------------------------------- JSON Patch
    Case(
        "a json patch adds, replaces, removes, moves and copies",
        (
            MADE,
            json_patch(op("add", "/data/c", value="3")),
            json_patch(op("replace", "/data/a", value="9")),
            json_patch(op("remove", "/data/b")),
            json_patch({"op": "move", "from": "/data/c", "path": "/data/d"}),
            json_patch({"op": "copy", "from": "/data/d", "path": "/data/e"}),
            json_patch(op("add", "/metadata/labels", value={"x": "y"}), keep=("/metadata/labels",)),
        ),
    ),
    Case(
        "a json patch replaces what is not there",
        (MADE, json_patch(op("replace", "/data/new", value="1"))),
    ),
    Case(
        "a json patch cannot remove what is not there",
        (MADE, json_patch(op("remove", "/data/new"), keep=None)),
    ),
    Case(
        "a json patch cannot add below what is not there",
        (MADE, json_patch(op("add", "/none/new", value="1"), keep=None)),
    ),
    Case(
        "a test that holds lets the patch pass",
        (
            MADE,
            json_patch(op("test", "/data/a", value="1"), op("replace", "/data/a", value="2")),
            json_patch(op("test", "/data/none", value=None), op("replace", "/data/a", value="3")),
        ),
    ),
    Case(
        "a test that fails undoes what came before it",
        (
            MADE,
            json_patch(
                op("replace", "/data/a", value="9"), op("test", "/data/b", value="0"), keep=None
            ),
            json_patch(op("test", "/data/none", value="0"), keep=None),
            get(ONE, keep=DATA),
        ),
    ),
    Case(
        "a test compares numbers and lists as json does",
        (
            create(web(), keep=()),
            patch(
                WEB, [op("test", "/spec/replicas", value=0)], PATCH_JSON, keep=("/spec/replicas",)
            ),
            patch(WEB, [op("test", "/spec/replicas", value="0")], PATCH_JSON),
            patch(
                WEB,
                [op("test", f"{TEMPLATE}/containers/0/args", value=["one", "two"])],
                PATCH_JSON,
                keep=("/spec/replicas",),
            ),
        ),
    ),
    Case(
        "a slash in a name is escaped in a pointer",
        (
            create(config_map("one", annotations={"example.org/a": "1"}), keep=()),
            json_patch(
                op("replace", "/metadata/annotations/example.org~1a", value="2"),
                keep=("/metadata/annotations",),
            ),
        ),
    ),
    Case(
        "an operation that does not exist is refused",
        (MADE, json_patch(op("frob", "/data/a", value="1"), keep=None)),
    ),
    Case(
        "a patch of what does not exist is not found",
        (
            json_patch(op("remove", "/data/a"), keep=None),
            patch(ONE, {}, PATCH_MERGE),
            patch(ONE, {}, PATCH_STRATEGIC),
        ),
    ),
    Case(
        "a patch of an unknown type is refused",
        (MADE, patch(ONE, {}, "application/json"), patch(ONE, {}, "text/plain")),
    ),
    Case(
        "a patch cannot rename or move an object",
        (
            MADE,
            json_patch(op("replace", "/metadata/name", value="two"), keep=None),
            json_patch(op("replace", "/metadata/namespace", value="default"), keep=None),
            patch(ONE, {"metadata": {"name": "two"}}, PATCH_MERGE),
        ),
    ),
    Case(
        "a patch with another version is a conflict",
        (MADE, patch(ONE, {"metadata": {"resourceVersion": "1"}, "data": {"a": "9"}})),
    ),
    Case(
        "a patch of nothing changes no version",
        (
            create(config_map("one"), save={"version": "/metadata/resourceVersion"}, keep=()),
            patch(ONE, {}),
            patch(ONE, {"data": {"key": "value"}}, PATCH_STRATEGIC, keep=()),
            get(
                f"{CORE}/configmaps?resourceVersion={{version}}&resourceVersionMatch=NotOlderThan",
                keep=("/kind",),
            ),
        ),
    ),
    Case(
        "a dry run of a patch shows what would be",
        (
            MADE,
            patch(f"{ONE}?dryRun=All", {"data": {"a": "9"}}, keep=DATA),
            get(ONE, keep=DATA),
        ),
    ),
    # -------------------------------------------------------------- merge patch
    Case(
        "a merge patch sets and removes",
        (
            MADE,
            patch(ONE, {"data": {"a": "9", "b": None, "c": "3"}}, keep=DATA),
            patch(ONE, {"data": None}, keep=("/data", "/kind")),
        ),
    ),
    Case(
        "a merge patch replaces lists",
        (
            create(web(), keep=()),
            patch(
                WEB,
                {
                    "spec": {
                        "template": {"spec": {"tolerations": [{"key": "b", "operator": "Exists"}]}}
                    }
                },
                keep=(f"{TEMPLATE}/tolerations", f"{TEMPLATE}/volumes"),
            ),
        ),
    ),
    # -------------------------------------------------------------- strategic merge
    Case(
        "a strategic merge finds containers by name",
        strategic({"containers": [{"name": "app", "image": "other:1"}]}, "/containers"),
    ),
    Case(
        "a strategic merge adds a container before the others",
        strategic({"containers": [{"name": "two", "image": "other:1"}]}, "/containers"),
    ),
    Case(
        "a strategic merge finds environment, ports and mounts by their keys",
        strategic(
            {
                "containers": [
                    {
                        "name": "app",
                        "env": [{"name": "B", "value": "9"}, {"name": "C", "value": "3"}],
                        "ports": [{"containerPort": 80, "name": "http"}],
                        "volumeMounts": [{"mountPath": "/tmp", "name": "tmp", "readOnly": True}],
                    }
                ]
            },
            "/containers",
        ),
    ),
    Case(
        "a strategic merge replaces lists without a key",
        strategic(
            {
                "containers": [{"name": "app", "args": ["three"]}],
                "tolerations": [{"key": "b", "operator": "Exists"}],
            },
            "/containers/0/args",
            "/tolerations",
        ),
    ),
    Case(
        "a strategic merge is refused elements without a key, or of another type",
        (
            create(web(), keep=()),
            *(
                patch(
                    WEB,
                    {"spec": {"template": {"spec": {"containers": [each]}}}},
                    PATCH_STRATEGIC,
                    keep=("/code", "/reason"),
                )
                for each in ({"image": "other:1"}, "app", None)
            ),
        ),
    ),
    Case(
        "a directive deletes an element",
        strategic(
            {"containers": [{"name": "app", "env": [{"name": "A", "$patch": "delete"}]}]},
            "/containers/0/env",
        ),
    ),
    Case(
        "a directive replaces a list",
        strategic(
            {
                "containers": [
                    {"name": "app", "env": [{"name": "Z", "value": "1"}, {"$patch": "replace"}]}
                ]
            },
            "/containers/0/env",
        ),
    ),
    Case(
        "a directive replaces a map",
        (
            create(config_map("one", labels={"a": "1", "b": "2"}), keep=()),
            patch(
                ONE,
                {"metadata": {"labels": {"c": "3", "$patch": "replace"}}},
                PATCH_STRATEGIC,
                keep=("/metadata/labels",),
            ),
            patch(
                ONE,
                {"metadata": {"labels": {"$patch": "delete"}}},
                PATCH_STRATEGIC,
                keep=("/metadata/labels",),
            ),
        ),
    ),
    Case(
        "a directive orders a list",
        strategic(
            {
                "$setElementOrder/containers": [{"name": "app"}],
                "containers": [
                    {
                        "name": "app",
                        "$setElementOrder/env": [{"name": "C"}, {"name": "B"}, {"name": "A"}],
                        "env": [{"name": "C", "value": "3"}],
                    }
                ],
            },
            "/containers/0/env",
        ),
    ),
    Case(
        "a directive deletes from a list of words",
        (
            create(config_map("one", finalizers=["example.org/a", "example.org/b"]), keep=()),
            patch(
                ONE,
                {"metadata": {"finalizers": ["example.org/c"]}},
                PATCH_STRATEGIC,
                keep=("/metadata/finalizers",),
            ),
            patch(
                ONE,
                {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.org/a"]}},
                PATCH_STRATEGIC,
                keep=("/metadata/finalizers",),
            ),
            patch(ONE, {"metadata": {"finalizers": None}}, keep=("/metadata/finalizers",)),
        ),
    ),
    Case(
        "a directive retains only some keys",
        (
            create(web(), keep=()),
            patch(
                WEB,
                {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}},
                PATCH_STRATEGIC,
                keep=("/spec/strategy",),
            ),
        ),
    ),
    Case(
        "a strategic merge finds a service's ports by number",
        (
            create(
                service("web", ports=[{"name": "a", "port": 80}, {"name": "b", "port": 90}]),
                keep=(),
            ),
            patch(
                f"{CORE}/services/web",
                {"spec": {"ports": [{"port": 90, "name": "c"}]}},
                PATCH_STRATEGIC,
                keep=("/spec/ports",),
            ),
        ),
    ),
    Case(
        "what kubectl's rollout restart sends starts a new template",
        (
            create(web(), keep=()),
            patch(
                f"{WEB}?fieldManager=kubectl-rollout",
                {
                    "spec": {
                        "template": {
                            "metadata": {
                                "annotations": {
                                    "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"
                                }
                            }
                        }
                    }
                },
                PATCH_STRATEGIC,
                keep=("/spec/template/metadata", "/metadata/generation"),
            ),
        ),
    ),
)
