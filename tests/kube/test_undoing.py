"""Which revision `rollout undo` goes back to: ours, by what keeps it; kubectl's, by number."""

from typing import Any

import pytest

from bot.core.errors import QuarterdeckError
from bot.kube.undoing import chosen, chosen_by_number, current, is_at, revisions_of
from tests.kube.objects import replica_set, template, web

ONE, TWO, THREE = template("web:1"), template("web:2"), template("web:3")
Kept = list[dict[str, Any]]


def at(wanted: dict[str, Any], observed: int = 3) -> dict[str, Any]:
    item = web(template=wanted)
    return item | {"status": {"observedGeneration": observed}}


def kept(*rows: tuple[str, str, dict[str, Any]]) -> Kept:
    return [replica_set(*row) for row in rows]


RESTARTS = kept(
    ("r1", "1", ONE),
    ("r2", "2", TWO),
    ("r3", "3", template("web:2", restarted="monday")),
    ("r4", "4", template("web:2", restarted="tuesday")),
)
PLAIN = kept(("r1", "1", ONE), ("r2", "2", TWO), ("r3", "3", THREE))
# Back to web:1: its ReplicaSet is the oldest, and has the highest number.
AFTER_ONE_UNDO = kept(("r1", "3", ONE), ("r2", "2", TWO))


@pytest.mark.parametrize(
    ("now", "found", "ours", "theirs"),
    [
        (THREE, PLAIN, "r2", "r2"),
        (ONE, AFTER_ONE_UNDO, "r2", "r2"),
        (template("web:2", restarted="tuesday"), RESTARTS, "r1", "r3"),
        (TWO, kept(("r1", "1", ONE), ("r2", "2", TWO), ("r3", "x", THREE)), "r1", "r1"),
    ],
    ids=["the one before", "after an undo", "past restarts", "a number that cannot be read"],
)
def test_the_newest_old_revision_that_is_another_release_comes_back(
    now: dict[str, Any], found: Kept, ours: str, theirs: str
) -> None:
    assert chosen(at(now), found).kept["metadata"]["name"] == ours
    assert chosen_by_number(at(now), found).kept["metadata"]["name"] == theirs


def test_before_the_controller_has_seen_the_newest_template_nothing_is_guessed() -> None:
    # web:4 was applied a moment ago, and has no ReplicaSet yet: the one before is r3, and not r2.
    late = at(template("web:4"), observed=2)
    with pytest.raises(QuarterdeckError, match="has not been seen by its controller yet") as error:
        chosen(late, PLAIN)
    assert "--to-revision" in error.value.next_step
    assert chosen(late, PLAIN, to=2).number == 2
    assert chosen_by_number(late, PLAIN).number == 2  # kubectl's mistake, on request


def test_without_the_present_replica_set_nothing_is_guessed_either() -> None:
    with pytest.raises(QuarterdeckError, match="has not been seen"):
        chosen(at(template("web:4")), PLAIN)


def test_what_is_paused_before_its_first_pod_has_no_history_yet() -> None:
    paused = web(paused=True)
    with pytest.raises(QuarterdeckError, match="no rollout history found"):
        chosen(paused, [])
    # What was changed while it is paused has no ReplicaSet: that is no reason to wait for one.
    assert chosen(web(paused=True, template=template("web:9")), PLAIN).number == 3


@pytest.mark.parametrize("choose", [chosen, chosen_by_number])
def test_a_revision_can_be_named(choose: Any) -> None:
    assert choose(at(THREE), PLAIN, 1).kept["metadata"]["name"] == "r1"
    with pytest.raises(QuarterdeckError) as error:
        choose(at(THREE), PLAIN, 9)
    assert error.value.text == "error: unable to find specified revision 9 in history"
    assert error.value.next_step == "Choose from `1`, `2`, `3`."
    with pytest.raises(QuarterdeckError, match="unable to find specified revision -1 in history"):
        choose(at(THREE), PLAIN, -1)


@pytest.mark.parametrize("choose", [chosen, chosen_by_number])
def test_without_history_it_says_so(choose: Any) -> None:
    with pytest.raises(QuarterdeckError) as error:
        choose(at(ONE), kept(("r1", "1", ONE)))
    assert error.value.text == 'error: no rollout history found for deployment "web"'


def test_where_all_older_ones_are_restarts_it_says_so() -> None:
    with pytest.raises(QuarterdeckError) as error:
        chosen(at(template("web:2", restarted="tuesday")), RESTARTS[1:])
    assert error.value.next_step == "Its older revisions are restarts of the same template."


def test_what_another_deployment_owns_is_no_candidate() -> None:
    foreign = replica_set("r9", "9", THREE)
    foreign["metadata"]["ownerReferences"][0]["uid"] = "u-other"
    assert chosen(at(TWO), [*PLAIN[:2], foreign]).number == 1


def test_the_template_comes_back_without_its_mark() -> None:
    [revision] = revisions_of(at(ONE), kept(("r1", "1", ONE)))
    assert revision.template == ONE
    assert is_at(at(ONE), revision)
    assert not is_at(at(TWO), revision)


def controller_revision(number: int, wanted: dict[str, Any]) -> dict[str, Any]:
    owner = {"kind": "StatefulSet", "uid": "u-db", "controller": True}
    return {
        "kind": "ControllerRevision",
        "metadata": {"name": f"db-{number}", "ownerReferences": [owner]},
        "revision": number,
        "data": {"spec": {"template": {**wanted, "$patch": "replace"}}},
    }


def test_of_a_stateful_set_the_revision_with_the_highest_number_is_the_present_one() -> None:
    item = at(TWO) | {"kind": "StatefulSet"}
    item["metadata"] |= {"uid": "u-db", "name": "db"}
    found = [controller_revision(2, TWO), controller_revision(1, ONE)]
    now = current(item, revisions_of(item, found))
    assert now is not None
    assert now.number == 2
    assert chosen(item, found).template == ONE
    assert chosen_by_number(item, found).number == 1
    with pytest.raises(QuarterdeckError, match="no last revision to roll back to"):
        chosen(item, found[:1])
