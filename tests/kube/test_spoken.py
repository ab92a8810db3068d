"""A request's words are those of the API server's own audit log."""

import pytest

from bot.kube.spoken import Spoken, spoken
from tests.every import every

SHOP = "/apis/apps/v1/namespaces/shop"


@every(
    ("method", "path", "words"),
    [
        ("GET", "/api/v1/pods", Spoken("list", "pods")),
        ("GET", "/api/v1/nodes/n-1", Spoken("get", "nodes", "", "n-1")),
        ("GET", "/api/v1/namespaces", Spoken("list", "namespaces")),
        ("GET", "/api/v1/namespaces/shop", Spoken("get", "namespaces", "shop", "shop")),
        (
            "PUT",
            "/api/v1/namespaces/shop/finalize",
            Spoken("update", "namespaces/finalize", "shop", "shop"),
        ),
        ("GET", f"{SHOP}/deployments", Spoken("list", "deployments.apps", "shop")),
        ("DELETE", f"{SHOP}/deployments", Spoken("deletecollection", "deployments.apps", "shop")),
        ("DELETE", f"{SHOP}/deployments/web", Spoken("delete", "deployments.apps", "shop", "web")),
        (
            "PATCH",
            f"{SHOP}/deployments/web/scale",
            Spoken("patch", "deployments.apps/scale", "shop", "web"),
        ),
        ("GET", "/api/v1/namespaces/shop/pods/a/log", Spoken("get", "pods/log", "shop", "a")),
        (
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            Spoken("create", "selfsubjectaccessreviews.authorization.k8s.io"),
        ),
        ("GET", "/openapi/v3/apis/apps/v1", Spoken("get", "/openapi/v3/apis/apps/v1")),
        ("GET", "/apis/apps/v1", Spoken("get", "/apis/apps/v1")),
        ("GET", "/version", Spoken("get", "/version")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_is_told_in_the_logs_words(method: str, path: str, words: Spoken) -> None:
    assert spoken(method, path, {}) == words


def test_a_list_that_goes_on_is_a_watch() -> None:
    assert spoken("GET", f"{SHOP}/deployments", {"watch": "true"}).verb == "watch"


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        ("metadata.name=web", "web"),
        ("status.phase=Running,metadata.name==web", "web"),
        ("metadata.name!=web", ""),
        ("involvedObject.name=web", ""),
        ("xmetadata.name=web", ""),
    ],
)
def test_a_list_of_one_name_is_about_that_name(selector: str, name: str) -> None:
    assert spoken("GET", f"{SHOP}/deployments", {"fieldSelector": selector}).name == name
