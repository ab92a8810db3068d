"""Whether a step was carried out, judged by the object alone."""

from typing import Any

import orjson
import pytest

from bot.core.plan import Apply, Create, Delete, Evict, Merge, Operation, Patch, Seen, Step, Target
from bot.core.ports import Landed
from bot.kube.landing import judged
from tests.every import every

WEB = Target("ctx", "apps", "v1", "deployments", "Deployment", "shop", "web", "uid-1")
NEW = Target("ctx", "apps", "v1", "deployments", "Deployment", "shop", "web", "")
SECRET = Target("ctx", "", "v1", "secrets", "Secret", "shop", "web", "")
YES, NO, UNKNOWN = Landed.YES, Landed.NO, Landed.UNKNOWN
ENDING = {"deletionTimestamp": "2026-01-01T00:00:00Z", "deletionGracePeriodSeconds": 30}


def live(*, uid: str = "uid-1", meta: Any = None, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"uid": uid, **(meta or {})}, "spec": spec}


def patch(*operations: Operation) -> Patch:
    return Patch(WEB, (Operation("test", "/metadata/uid", "uid-1"), *operations))


def document(**spec: Any) -> str:
    return orjson.dumps({"spec": spec}).decode()


TEST, ADD = Operation("test", "/spec/a", 1), Operation("add", "/spec/a", 2)
REMOVE = Operation("remove", "/spec/a")
MERGE = Merge(WEB, document(a=2), "merge", (Seen("/spec/a", 1),))
APPLY = Apply(WEB, document(a=2, items=[{"name": "x"}]), (Seen("/spec/a", 1),))
ITEMS = [{"name": "y"}, {"name": "x", "filled": "in"}]


@every(
    ("step", "item", "expected"),
    [
        pytest.param(patch(TEST, ADD), live(a=2), YES, id="patch-written"),
        pytest.param(patch(TEST, ADD), live(a=1), NO, id="patch-as-it-was"),
        pytest.param(patch(TEST, ADD), live(a=3), UNKNOWN, id="patch-something-else"),
        pytest.param(patch(TEST, ADD), live(uid="uid-2", a=2), UNKNOWN, id="patch-another"),
        pytest.param(patch(TEST, ADD), None, UNKNOWN, id="patch-gone"),
        pytest.param(patch(Operation("test", "/spec/a", 2), ADD), live(a=2), YES, id="patch-same"),
        pytest.param(patch(TEST, REMOVE), live(), YES, id="removed"),
        pytest.param(patch(TEST, REMOVE), live(a=1), NO, id="not-removed"),
        pytest.param(
            patch(Operation("add", "/spec/l/-", {"k": 1})), live(l=[{"k": 1, "d": 0}]), YES,
            id="appended",
        ),
        pytest.param(patch(Operation("add", "/spec/l/-", 1)), live(l=[0]), NO, id="not-appended"),
        pytest.param(MERGE, live(a=2), YES, id="merge-written"),
        pytest.param(MERGE, live(a=1), NO, id="merge-as-it-was"),
        pytest.param(MERGE, live(a=3), UNKNOWN, id="merge-something-else"),
        pytest.param(
            Merge(WEB, document(a=None), "merge", (Seen("/spec/a", 1),)), live(), YES,
            id="merge-null",
        ),
        pytest.param(
            Merge(WEB, document(l=[{"$patch": "delete", "name": "x"}]), "strategic"),
            live(l=[{"$patch": "delete", "name": "x"}]), UNKNOWN, id="merge-with-directives",
        ),
        pytest.param(APPLY, live(a=2, items=ITEMS), YES, id="apply-written"),
        pytest.param(APPLY, live(a=2, items=[]), UNKNOWN, id="apply-half"),
        pytest.param(APPLY, live(a=1), NO, id="apply-as-it-was"),
        pytest.param(APPLY, None, UNKNOWN, id="apply-gone"),
        # What it removes cannot be seen in what it writes: sending it again does no harm.
        pytest.param(
            Apply(WEB, document(a=2), (Seen("/spec/b", 1),)), live(a=2, b=1), NO,
            id="apply-not-removed",
        ),
        pytest.param(Apply(NEW, document(a=2)), None, NO, id="apply-not-created"),
        pytest.param(Apply(NEW, document(a=2)), live(a=2), YES, id="apply-created"),
        pytest.param(Create(NEW, document(a=2)), None, NO, id="not-created"),
        pytest.param(Create(NEW, document(a=2)), live(a=2, b=1), YES, id="created"),
        pytest.param(Create(NEW, document(a=2)), live(a=3), UNKNOWN, id="created-otherwise"),
        pytest.param(Create(WEB, "{}", "token"), live(), UNKNOWN, id="token"),
        pytest.param(
            Create(SECRET, '{"stringData":{"a":"b"},"type":"Opaque"}'),
            {"metadata": {"uid": "u"}, "data": {"a": "Yg=="}, "type": "Opaque"}, YES, id="secret",
        ),
        pytest.param(Delete(WEB), None, YES, id="deleted"),
        pytest.param(Delete(WEB), live(uid="uid-2"), YES, id="deleted-and-made-anew"),
        pytest.param(Delete(WEB), live(meta=ENDING), YES, id="ending"),
        pytest.param(Delete(WEB), live(), NO, id="not-deleted"),
        pytest.param(Delete(WEB, grace_seconds=0), live(meta=ENDING), NO, id="ending-later"),
        pytest.param(Delete(WEB, grace_seconds=60), live(meta=ENDING), YES, id="ending-sooner"),
        pytest.param(Evict(WEB), live(meta=ENDING), YES, id="evicted"),
        pytest.param(Evict(WEB), live(), NO, id="not-evicted"),
    ],
)  # fmt: skip
def test_the_object_tells_what_became_of_the_step(
    step: Step, item: dict[str, Any] | None, expected: Landed
) -> None:
    assert judged(step, item) is expected
