import base64

import pytest

from bot.demo.cluster.lists import page
from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.store import Store
from tests.demo.cluster.objects import MAPS, put


def stored(*names: str) -> Store:
    store = Store()
    for name in names:
        put(store, name)
    return store


def listed(store: Store, **query: str) -> tuple[list[str], dict[str, object]]:
    items, metadata = page(store.list("configmaps"), MAPS, query, store.revision)
    return [item["metadata"]["name"] for item in items], metadata


def test_the_last_page_has_nothing_to_go_on_with() -> None:
    store = stored("a", "b", "c")
    names, metadata = listed(store, limit="2")
    assert names == ["a", "b"]
    names, metadata = listed(store, limit="2", **{"continue": str(metadata["continue"])})
    assert names == ["c"]
    assert "continue" not in metadata


def test_every_page_has_the_version_of_the_first() -> None:
    store = stored("a", "b")
    _, first = listed(store, limit="1")
    put(store, "c")
    names, second = listed(store, **{"continue": str(first["continue"])})
    assert names == ["b", "c"]
    assert second["resourceVersion"] == first["resourceVersion"]


def test_a_selector_leaves_the_count_of_the_rest_unknown() -> None:
    store = stored("a", "b", "c")
    assert listed(store, limit="1")[1]["remainingItemCount"] == 2
    _, metadata = listed(store, limit="1", fieldSelector="metadata.namespace=shop")
    assert "remainingItemCount" not in metadata
    assert metadata["continue"]


@pytest.mark.parametrize(
    "token",
    [
        "?",
        base64.urlsafe_b64encode(b"\xff").decode(),
        base64.urlsafe_b64encode(b"a").decode(),
    ],
    ids=["no base64", "no text", "no version"],
)
def test_a_token_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(ApiRefusalError) as refusal:
        listed(stored("a"), **{"continue": token})
    assert refusal.value.code == 400
