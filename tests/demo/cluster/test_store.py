import pytest

from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.store import Change, Store
from tests.demo.cluster.objects import key, put


def names(store: Store, **options: object) -> list[str]:
    return [k.name for k in store.snapshot("configmaps", **options)[0]]  # type: ignore[arg-type]


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
    paths = [k.path for k in store.snapshot("configmaps")[0]]
    assert paths == ["shop-eu/a", "shop/a", "shop/b"]


def test_a_new_object_takes_its_place_among_those_listed_before() -> None:
    store = Store()
    put(store, "a"), put(store, "c")
    assert names(store) == ["a", "c"]
    put(store, "b")
    assert names(store) == ["a", "b", "c"]
    store.remove(key("a"))
    assert names(store) == ["b", "c"]


def test_a_list_begins_behind_a_path() -> None:
    store = Store()
    for name in "abc":
        put(store, name)
    assert names(store, after="shop/a") == ["b", "c"]


def test_a_list_can_be_of_an_older_revision() -> None:
    store = Store()
    put(store, "a", data={"key": "old"}), put(store, "b")
    then = store.revision
    put(store, "a", data={"key": "new"}), store.remove(key("b")), put(store, "c")
    assert names(store, revision=then) == ["a", "b"]
    assert store.snapshot("configmaps", revision=then)[1][key("a")]["data"] == {"key": "old"}
    assert names(store) == ["a", "c"]


def test_changes_after_a_revision_are_those_of_one_resource() -> None:
    store = Store()
    put(store, "a")
    since = store.revision
    put(store, "a"), put(store, "b"), store.remove(key("a"))
    found = store.changes("configmaps", since)
    assert [(c.type, c.key.name) for c in found] == [
        ("MODIFIED", "a"), ("ADDED", "b"), ("DELETED", "a"),
    ]  # fmt: skip
    assert store.changes("pods", since) == []


def test_only_the_newest_changes_are_remembered() -> None:
    store = Store(history=2)
    put(store, "a")
    since = store.revision
    put(store, "b"), put(store, "c")
    assert len(store.changes("configmaps", since)) == 2
    put(store, "d")
    with pytest.raises(ApiRefusalError, match="too old resource version") as refusal:
        store.changes("configmaps", since)
    assert (refusal.value.code, refusal.value.reason) == (410, "Expired")


def test_compaction_forgets_what_was_before() -> None:
    store = Store()
    put(store, "a")
    since = store.revision - 1
    store.compact()
    with pytest.raises(ApiRefusalError):
        store.changes("configmaps", since)
    assert store.changes("configmaps", store.revision) == []


def test_a_listener_hears_of_its_resource_until_it_is_ended() -> None:
    store, heard, all_heard = Store(), list[Change](), list[Change]()
    stop = store.listen(heard.append, "configmaps")
    store.listen(all_heard.append)
    put(store, "a")
    stop()
    put(store, "b")
    assert [c.key.name for c in heard] == ["a"]
    assert [c.key.name for c in all_heard] == ["a", "b"]
