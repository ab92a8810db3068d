import base64
import json

import pytest

from bot.demo.cluster.lists import page
from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.store import Store
from tests.demo.cluster.objects import MAPS, key, put


def stored(*names: str, history: int = 1000) -> Store:
    store = Store(history)
    for name in names:
        put(store, name)
    return store


def listed(store: Store, **query: str) -> tuple[list[str], dict[str, object]]:
    found = page(store, MAPS, "", query)
    return [item["metadata"]["name"] for item in found.items], found.metadata


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
    assert names == ["b"]
    assert second["resourceVersion"] == first["resourceVersion"]


def test_a_page_of_a_version_that_is_forgotten_offers_what_there_is_now() -> None:
    store = stored("a", "b", history=2)
    _, first = listed(store, limit="1")
    for name in "cde":
        put(store, name)
    with pytest.raises(ApiRefusalError, match="too old to display a consistent list") as refusal:
        listed(store, **{"continue": str(first["continue"])})
    assert (refusal.value.code, refusal.value.reason) == (410, "Expired")
    anew = refusal.value.status()["metadata"]["continue"]
    names, metadata = listed(store, **{"continue": anew})
    assert names == ["b", "c", "d", "e"]
    assert metadata["resourceVersion"] == str(store.revision)


def test_an_exact_version_that_is_forgotten_is_expired() -> None:
    store = stored("a", history=2)
    then = str(store.revision)
    for name in "bcd":
        put(store, name)
    with pytest.raises(ApiRefusalError, match="too old resource version"):
        listed(store, resourceVersion=then, resourceVersionMatch="Exact")


def test_an_exact_version_that_is_yet_to_come_is_refused() -> None:
    store = stored("a")
    with pytest.raises(ApiRefusalError, match="Too large resource version") as refusal:
        listed(store, resourceVersion=str(store.revision + 1), resourceVersionMatch="Exact")
    assert refusal.value.code == 504


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
        "e30",
        base64.urlsafe_b64encode(json.dumps([1]).encode()).decode(),
        "eyJydiI6IngiLCJzdGFydCI6ImEifQ",
    ],
    ids=["no base64", "empty", "no object", "no version"],
)
def test_a_token_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(ApiRefusalError, match="continue key is not valid") as refusal:
        listed(stored("a"), **{"continue": token})
    assert refusal.value.code == 400


def test_what_was_deleted_meanwhile_is_on_its_page() -> None:
    store = stored("a", "b")
    _, first = listed(store, limit="1")
    store.remove(key("b"))
    assert listed(store, **{"continue": str(first["continue"])})[0] == ["b"]
    assert listed(store)[0] == ["a"]
