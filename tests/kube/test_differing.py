"""What changes between two states, with a Secret's values told apart and never shown."""

from typing import Any

from bot.core.plan import Target
from bot.kube.differing import told_apart, unified
from bot.kube.masking import LAST_APPLIED

TARGET = Target("main", "apps", "v1", "deployments", "Deployment", "shop", "web", "u1")


def secret(**data: str) -> dict[str, Any]:
    annotations = {LAST_APPLIED: f"all of {data}"}
    metadata = {"name": "web", "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}


def test_values_of_a_secret_are_marked_where_they_differ() -> None:
    live, merged = told_apart(
        secret(a="AA==", b="BB==", c="CC=="), secret(a="AA==", b="BX==", d="")
    )
    assert live is not None
    assert live["data"] == {"a": "***", "b": "*** (before)", "c": "***"}
    assert merged["data"] == {"a": "***", "b": "*** (after)", "d": "***"}
    assert "==" not in repr((live, merged))


def test_a_new_secret_shows_its_keys_alone() -> None:
    live, merged = told_apart(None, secret(a="AA=="))
    assert (live, merged["data"]) == (None, {"a": "***"})
    assert "AA==" not in repr(merged)


def test_other_objects_are_compared_as_they_are() -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "data": {"a": "1"}}
    assert told_apart(config, config) == (config, config)


def test_a_difference_is_unified_and_without_managed_fields() -> None:
    live = {"metadata": {"managedFields": [1], "name": "web"}, "spec": {"replicas": 3}}
    merged = {"metadata": {"managedFields": [2], "name": "web"}, "spec": {"replicas": 5}}
    assert unified(TARGET, live, merged) == (
        "diff -u -N LIVE/apps.v1.Deployment.shop.web MERGED/apps.v1.Deployment.shop.web\n"
        "--- LIVE/apps.v1.Deployment.shop.web\n"
        "+++ MERGED/apps.v1.Deployment.shop.web\n"
        "@@ -1,4 +1,4 @@\n"
        " metadata:\n   name: web\n spec:\n-  replicas: 3\n+  replicas: 5\n"
    )
    assert "managedFields" in unified(TARGET, live, merged, managed_fields=True)


def test_what_is_not_there_is_an_empty_side() -> None:
    made = unified(TARGET, None, {"kind": "A"})
    assert made.endswith("@@ -0,0 +1 @@\n+kind: A\n")
    assert unified(TARGET, {"kind": "A"}, None).endswith("@@ -1 +0,0 @@\n-kind: A\n")


def test_without_a_difference_there_is_no_text() -> None:
    assert unified(TARGET, {"a": 1}, {"a": 1}) == ""
