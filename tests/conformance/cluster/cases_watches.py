"""Watches: initial events, selectors, bookmarks and Tables."""

from tests.conformance.cluster.case import Case, Follow
from tests.conformance.cluster.widgets import HELD, MAPS, NOWHERE, RELEASE, three
from tests.conformance.cluster.writing import (
    CORE,
    TABLE,
    config_map,
    create,
    delete,
    get,
    patch,
    pod,
)

CASES = (
    Case(
        "a watch begins with what there is",
        (
            *three(one="web", two="web"),
            Follow(
                f"{MAPS}?watch=1&labelSelector=app%3Dweb",
                lines=3,
                meanwhile=(delete(f"{MAPS}/two", keep=()),),
            ),
            Follow(f"{MAPS}?watch=true&resourceVersion=0&labelSelector=app%3Dweb", lines=1),
        ),
    ),
    Case(
        "an object that comes to match a watch is added and one that ceases is deleted",
        (
            create(config_map("one"), keep=(), save={"version": "/metadata/resourceVersion"}),
            Follow(
                f"{MAPS}?watch=1&resourceVersion={{version}}&labelSelector=app%3Dweb",
                lines=4,
                meanwhile=(
                    patch(f"{MAPS}/one", {"metadata": {"labels": {"app": "web"}}}, keep=()),
                    patch(f"{MAPS}/one", {"data": {"key": "new"}}, keep=()),
                    patch(f"{MAPS}/one", {"metadata": {"labels": {"app": "no"}}}, keep=()),
                    patch(f"{MAPS}/one", {"data": {"key": "newer"}}, keep=()),
                    patch(f"{MAPS}/one", {"metadata": {"labels": {"app": "web"}}}, keep=()),
                ),
            ),
        ),
    ),
    Case(
        "initial events end with a bookmark",
        (
            create(config_map("one", labels={"app": "web"}), keep=()),
            Follow(
                f"{MAPS}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true"
                "&resourceVersionMatch=NotOlderThan&labelSelector=app%3Dweb",
                lines=3,
                meanwhile=(patch(f"{MAPS}/one", {"data": {"key": "new"}}, keep=()),),
            ),
        ),
    ),
    Case(
        "a watch from a version that is forgotten is told so in its first event",
        (
            Follow(
                f"{MAPS}?watch=1&resourceVersion=1",
                lines=1,
                keep=("/type", "/object/reason", "/object/code", "/object/kind"),
            ),
        ),
    ),
    Case(
        "a watch ends when its time has passed",
        (
            create(config_map("one", labels={"app": "web"}), keep=()),
            Follow(f"{MAPS}?watch=1&timeoutSeconds=1&labelSelector=app%3Dweb", lines=None),
        ),
    ),
    Case(
        "the path of one object is read, not watched",
        (create(config_map("one"), keep=()), get(f"{MAPS}/one?watch=1")),
    ),
    Case(
        "a watch of Tables has the columns in its first event",
        (
            create(config_map("one", labels={"app": "web"}), keep=()),
            Follow(
                f"{MAPS}?watch=1&includeObject=None&labelSelector=app%3Dweb",
                lines=3,
                accept=TABLE,
                keep=(
                    "/type",
                    "/object/kind",
                    "/object/columnDefinitions",
                    "/object/rows/0/cells/0",
                    "/object/rows/0/cells/1",
                    "/object/rows/0/object",
                ),
                meanwhile=(
                    patch(f"{MAPS}/one", {"data": {"more": "new"}}, keep=()),
                    delete(f"{MAPS}/one", keep=()),
                ),
            ),
        ),
    ),
    Case(
        "a watch shows each step of a pod's end",
        (
            create(
                pod("one", spec=NOWHERE), keep=(), save={"version": "/metadata/resourceVersion"}
            ),
            Follow(
                f"{CORE}/pods?watch=1&resourceVersion={{version}}",
                lines=3,
                keep=(
                    "/type",
                    "/object/metadata/deletionGracePeriodSeconds",
                    "/object/metadata/generation",
                ),
                meanwhile=(
                    delete(f"{CORE}/pods/one", keep=()),
                    delete(f"{CORE}/pods/one", {"gracePeriodSeconds": 0}, keep=()),
                ),
            ),
        ),
    ),
    Case(
        "a watch shows a finalizer's object until it is gone",
        (
            create(HELD, keep=(), save={"version": "/metadata/resourceVersion"}),
            Follow(
                f"{MAPS}?watch=1&resourceVersion={{version}}&fieldSelector=metadata.name=held",
                lines=2,
                meanwhile=(delete(f"{MAPS}/held", keep=()), RELEASE),
            ),
        ),
    ),
)
