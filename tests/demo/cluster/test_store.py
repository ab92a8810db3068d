import pytest

from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.store import Change, Store
from tests.demo.cluster.objects import key, put


def names(store: Store) -> list[str]:
    return [item["metadata"]["name"] for item in store.list("configmaps")]


def test_every_change_has_a_version_of_its_own() -> None:
    store = Store()
    first, second = put(store, "a"), put(store, "b")
    last = store.remove(key("a"))
    versions = [int(item["metadata"]["resourceVersion"]) for item in (first, second, last)]
    assert versions == [versions[0], versions[0] + 1, versions[0] + 2]
    assert store.revision == versions[2]


def test_what_was_stored_is_not_changed_by_what_replaces_it() -> None:
    store = Store()
    before = put(store, "a", data={"key": "old"})
    put(store, "a", data={"key": "new"})
    assert before["data"] == {"key": "old"}


def test_objects_are_in_the_order_of_their_paths() -> None:
    store = Store()
    for namespace, name in (("shop", "b"), ("shop-eu", "a"), ("shop", "a")):
        put(store, name, namespace)
    # As etcd has it: `-` comes before `/`.
    there = [item["metadata"] for item in store.list("configmaps")]
    assert [(each["namespace"], each["name"]) for each in there] == [
        ("shop-eu", "a"), ("shop", "a"), ("shop", "b"),
    ]  # fmt: skip


def test_a_new_object_takes_its_place_among_those_listed_before() -> None:
    store = Store()
    put(store, "a"), put(store, "c")
    assert names(store) == ["a", "c"]
    put(store, "b")
    assert names(store) == ["a", "b", "c"]
    store.remove(key("a"))
    assert names(store) == ["b", "c"]


def test_changes_after_a_revision_are_told_in_their_order() -> None:
    store = Store()
    put(store, "a")
    since = store.revision
    put(store, "a"), put(store, "b"), store.remove(key("a"))
    assert [(c.type, c.key.name) for c in store.changes(since)] == [
        ("MODIFIED", "a"), ("ADDED", "b"), ("DELETED", "a"),
    ]  # fmt: skip


def test_only_the_newest_changes_are_remembered() -> None:
    store = Store(history=2)
    put(store, "a")
    since = store.revision
    put(store, "b"), put(store, "c")
    assert len([*store.changes(since)]) == 2
    put(store, "d")
    with pytest.raises(ApiRefusalError, match="too old resource version") as refusal:
        store.changes(since)
    assert (refusal.value.code, refusal.value.reason) == (410, "Expired")


def test_a_listener_hears_of_changes_until_it_is_ended() -> None:
    store, heard, all_heard = Store(), list[Change](), list[Change]()
    stop = store.listen(heard.append)
    store.listen(all_heard.append)
    put(store, "a")
    stop()
    put(store, "b")
    assert [c.key.name for c in heard] == ["a"]
    assert [c.key.name for c in all_heard] == ["a", "b"]
