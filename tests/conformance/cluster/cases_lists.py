"""Lists: pages and Tables."""

from tests.conformance.cluster.case import Case, Request
from tests.conformance.cluster.widgets import IN_TWO, MAPS, TWO, three
from tests.conformance.cluster.writing import (
    CORE,
    config_map,
    create,
    get,
    item,
    table,
)

CASES = (
    Case(
        "a list is cut by a limit and continued",
        (
            *three(one="web", two="web", three="web"),
            get(
                f"{MAPS}?labelSelector=app%3Dweb&limit=2",
                save={"token": "/metadata/continue"},
                keep=("/kind", "/items", "/metadata/remainingItemCount"),
            ),
            get(
                f"{MAPS}?labelSelector=app%3Dweb&limit=2&continue={{token}}",
                keep=("/kind", "/items", "/metadata/remainingItemCount"),
            ),
        ),
    ),
    Case(
        "a list that is cut says how many remain",
        (
            *(create(item("v1", "Secret", name, data={}), keep=()) for name in ("a", "b", "c")),
            get(
                f"{CORE}/secrets?limit=1",
                save={"token": "/metadata/continue"},
                keep=("/kind", "/items", "/metadata/remainingItemCount"),
            ),
            get(
                f"{CORE}/secrets?limit=1&continue={{token}}",
                keep=("/kind", "/items", "/metadata/remainingItemCount"),
            ),
            get(
                f"{CORE}/secrets?continue={{token}}",
                keep=("/kind", "/items", "/metadata/remainingItemCount"),
            ),
        ),
    ),
    Case(
        "a list of a namespace that is missing is empty",
        (get("/api/v1/namespaces/{ns}-none/configmaps", keep=("/kind", "/items")),),
    ),
    Case(
        "a list goes over all namespaces",
        (
            create(config_map("one"), keep=()),
            create(TWO, keep=()),
            Request("POST", f"{IN_TWO}/configmaps", config_map("one"), keep=()),
            get("/api/v1/configmaps?fieldSelector=metadata.name=one", keep=("/kind",)),
            get(
                "/api/v1/configmaps?fieldSelector=metadata.name=one,metadata.namespace={ns}-two",
                keep=("/items",),
            ),
        ),
        after=(IN_TWO,),
    ),
    Case(
        "a Table includes objects, their metadata or nothing of them",
        (
            create(config_map("one", labels={"app": "web"}), keep=()),
            *(
                table(
                    f"{MAPS}?labelSelector=app%3Dweb&includeObject={include}",
                    keep=("/kind", "/apiVersion", "/rows"),
                )
                for include in ("None", "Metadata", "Object")
            ),
            table(f"{MAPS}/one", keep=("/kind", "/apiVersion", "/rows")),
        ),
    ),
    Case(
        "a page of a Table can be continued",
        (
            *(create(item("v1", "Secret", name, data={}), keep=()) for name in ("a", "b", "c")),
            table(
                f"{CORE}/secrets?limit=2&includeObject=None",
                save={"token": "/metadata/continue"},
                keep=("/rows", "/metadata/remainingItemCount"),
            ),
            table(
                f"{CORE}/secrets?limit=2&includeObject=None&continue={{token}}",
                keep=("/rows", "/metadata/remainingItemCount"),
            ),
        ),
    ),
    Case(
        "what cannot be answered as asked is not acceptable",
        (
            get(MAPS, accept="text/html", keep=("/kind", "/reason", "/code")),
            get(
                MAPS,
                accept="application/json;as=Table;v=v9;g=meta.k8s.io",
                keep=("/kind", "/reason", "/code"),
            ),
        ),
    ),
)
