"""Custom resources: defined, served, changed and withdrawn."""

from tests.conformance.cluster.case import Case, Follow, Until
from tests.conformance.cluster.widgets import CRD, WIDGETS, defined, definition, widget
from tests.conformance.cluster.writing import (
    condition,
    create,
    delete,
    get,
    gone,
    patch,
    table,
)

CASES = (
    Case(
        "a definition is established",
        (
            create(definition(), keep=("/kind", "/spec", "/metadata")),
            Until(CRD, condition("Established"), keep=("/status", "/metadata/generation")),
        ),
        after=(CRD,),
    ),
    Case(
        "a custom resource is served once it is defined",
        (
            get(WIDGETS),
            *defined(),
            create(widget("one")),
            get(f"{WIDGETS}/one"),
            get(WIDGETS, keep=("/kind", "/apiVersion", "/items")),
            create(widget("one")),
            delete(f"{WIDGETS}/one"),
            get(f"{WIDGETS}/one"),
        ),
        after=(CRD,),
    ),
    Case(
        "a custom resource counts the changes of what is wanted",
        (
            *defined(),
            create(widget("one"), keep=()),
            patch(f"{WIDGETS}/one", {"spec": {"size": 5}}, keep=("/spec", "/metadata/generation")),
        ),
        after=(CRD,),
    ),
    Case(
        "a custom resource has its status apart",
        (
            *defined(),
            create(widget("one", status={"phase": "New"})),
            patch(
                f"{WIDGETS}/one/status",
                {"status": {"phase": "Ready"}, "spec": {"size": 9}},
                keep=("/status", "/spec", "/metadata/generation"),
            ),
            patch(
                f"{WIDGETS}/one",
                {"status": {"phase": "Lost"}},
                keep=("/status", "/metadata/generation"),
            ),
        ),
        after=(CRD,),
    ),
    Case(
        "a custom resource without a status subresource keeps its status itself",
        (
            *defined(status=False),
            create(widget("one", status={"phase": "New"}), keep=("/status",)),
            patch(
                f"{WIDGETS}/one",
                {"status": {"phase": "Ready"}},
                keep=("/status", "/metadata/generation"),
            ),
        ),
        after=(CRD,),
    ),
    Case(
        "a custom resource is shown in its own columns",
        (
            *defined(columns=True),
            create(widget("one"), keep=()),
            table(WIDGETS, keep=("/kind", "/columnDefinitions", "/rows")),
        ),
        after=(CRD,),
    ),
    Case(
        "a custom resource knows merge and JSON patches alone",
        (
            *defined(),
            create(widget("one"), keep=()),
            patch(
                f"{WIDGETS}/one",
                {"spec": {"size": 5}},
                "application/strategic-merge-patch+json",
            ),
        ),
        after=(CRD,),
    ),
    Case(
        "a custom resource is watched",
        (
            *defined(),
            create(widget("one"), keep=()),
            Follow(
                f"{WIDGETS}?watch=1",
                lines=2,
                meanwhile=(delete(f"{WIDGETS}/one", keep=()),),
            ),
        ),
        after=(CRD,),
    ),
    Case(
        "a definition takes its objects along",
        (
            *defined(),
            create(widget("one"), keep=()),
            delete(CRD, keep=("/kind", "/status/phase")),
            Until(CRD, gone),
            Until(WIDGETS, gone, keep=()),
        ),
        after=(CRD,),
    ),
)
