"""Lists: pages, versions, Tables and metadata alone."""

from tests.conformance.cluster.case import Case, Request
from tests.conformance.cluster.widgets import IN_TWO, MAPS, METADATA, METADATA_LIST, TWO, three
from tests.conformance.cluster.writing import (
    CORE,
    config_map,
    create,
    delete,
    get,
    item,
    patch,
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
        "a list that is continued is of the version that it began with",
        (
            *(create(item("v1", "Secret", name, data={}), keep=()) for name in ("a", "b", "c")),
            get(f"{CORE}/secrets?limit=1", save={"token": "/metadata/continue"}, keep=()),
            delete(f"{CORE}/secrets/b", keep=()),
            patch(f"{CORE}/secrets/c", {"metadata": {"labels": {"late": "yes"}}}, keep=()),
            create(item("v1", "Secret", "d", data={}), keep=()),
            get(f"{CORE}/secrets?limit=5&continue={{token}}", keep=("/items",)),
        ),
    ),
    Case(
        "a list of an exact older version shows what was",
        (
            create(config_map("one"), keep=(), save={"version": "/metadata/resourceVersion"}),
            patch(f"{MAPS}/one", {"data": {"key": "new"}}, keep=()),
            get(
                f"{MAPS}?resourceVersion={{version}}&resourceVersionMatch=Exact"
                "&fieldSelector=metadata.name=one",
                keep=("/items",),
            ),
            get(
                f"{MAPS}?resourceVersion={{version}}&resourceVersionMatch=NotOlderThan"
                "&fieldSelector=metadata.name=one",
                keep=("/items",),
            ),
            get(f"{MAPS}?resourceVersion=0&fieldSelector=metadata.name=one", keep=("/items",)),
        ),
    ),
    Case(
        "a list of a version that is yet to come is refused",
        (
            get(
                f"{MAPS}?resourceVersion=999999999999",
                keep=("/reason", "/code", "/details"),
            ),
        ),
    ),
    Case(
        "options of a list that make no sense are refused",
        (
            get(f"{MAPS}?resourceVersionMatch=Exact"),
            get(f"{MAPS}?resourceVersion=0&resourceVersionMatch=Exact"),
            get(f"{MAPS}?resourceVersion=1&resourceVersionMatch=Sometimes"),
            get(f"{MAPS}?sendInitialEvents=true"),
            get(f"{MAPS}?limit=many"),
            get(f"{MAPS}?resourceVersion=new"),
            get(f"{MAPS}?continue=here", keep=("/code", "/reason")),
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
        "metadata alone can be asked for",
        (
            create(config_map("one", labels={"app": "web"}), keep=()),
            get(f"{MAPS}/one", accept=METADATA),
            get(
                f"{MAPS}?labelSelector=app%3Dweb",
                accept=METADATA_LIST,
                keep=("/kind", "/apiVersion", "/items"),
            ),
        ),
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
            table(f"{MAPS}?includeObject=Everything"),
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
