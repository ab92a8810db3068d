import pytest

from bot.demo.cluster.kinds import Kinds
from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.wire import kind_of, read
from tests.every import every


@every(
    ("method", "path", "query", "expected"),
    [
        ("GET", "/api/v1/pods", {}, ("list", "pods", "", "", "")),
        ("GET", "/api/v1/namespaces", {}, ("list", "namespaces", "", "", "")),
        ("GET", "/api/v1/namespaces/shop", {}, ("get", "namespaces", "", "shop", "shop")),
        ("PUT", "/api/v1/namespaces/shop/status", {},
         ("update", "namespaces", "status", "shop", "shop")),
        ("GET", "/api/v1/namespaces/shop/pods", {"watch": "1"}, ("watch", "pods", "", "shop", "")),
        ("GET", "/api/v1/namespaces/shop/pods", {"watch": "0"}, ("list", "pods", "", "shop", "")),
        ("GET", "/api/v1/namespaces/shop/pods/web", {"watch": "1"},
         ("get", "pods", "", "shop", "web")),
        ("POST", "/api/v1/namespaces/shop/pods/web/eviction", {},
         ("create", "pods", "eviction", "shop", "web")),
        ("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web/scale", {},
         ("patch", "deployments", "scale", "shop", "web")),
        ("GET", "/api/v1/secrets", {"fieldSelector": "type=x,metadata.name=one"},
         ("list", "secrets", "", "", "one")),
        ("GET", "/api/v1/namespaces/shop/pods/a%2Fb", {}, ("get", "pods", "", "shop", "a/b")),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)  # fmt: skip
def test_a_request_is_read_as_authorization_sees_it(
    method: str, path: str, query: dict[str, str], expected: tuple[str, ...]
) -> None:
    asked = read(method, path, query)
    found = (asked.verb, asked.resource, asked.subresource, asked.namespace, asked.name)
    assert found == expected


@pytest.mark.parametrize("path", ["/", "/version", "/api", "/api/v1", "/apis/apps/v1"])
def test_a_path_without_a_resource_is_itself(path: str) -> None:
    asked = read("GET", path, {})
    assert (asked.resource, asked.path, asked.verb) == ("", path, "get")


@every(
    ("method", "path", "code"),
    [
        ("GET", "/api/v1/namespaces/shop/nodes", 404),
        ("POST", "/api/v1/pods", 405),
        ("POST", "/api/v1/namespaces/shop/pods/web", 405),
        ("POST", "/api/v1/namespaces/shop/pods/web/log", 405),
        ("GET", "/api/v1/namespaces/shop/pods/web/attach", 404),
        ("DELETE", "/api/v1/namespaces", 405),
        ("PUT", "/apis/apps/v1/namespaces/shop/deployments", 405),
        ("GET", "/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers", 404),
    ],
)
def test_what_a_path_does_not_have_is_refused(method: str, path: str, code: int) -> None:
    with pytest.raises(ApiRefusalError) as refusal:
        kind_of(read(method, path, {}), Kinds())
    assert refusal.value.code == code


def test_an_unknown_group_is_no_page() -> None:
    assert kind_of(read("GET", "/apis/none.example.org/v1/things", {}), Kinds()) is None
