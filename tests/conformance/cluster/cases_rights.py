"""Identity and RBAC."""

from tests.conformance.cluster.case import Case, Exec, Request, Until
from tests.conformance.cluster.people import (
    ACCOUNT,
    BEARER,
    DISCOVERY,
    EVE,
    READS_PODS,
    USER,
    arrived,
    binding,
    bot,
    by_bot,
    granted,
    rule,
    subject,
    token,
)
from tests.conformance.cluster.writing import (
    APPS,
    CORE,
    as_user,
    condition,
    config_map,
    create,
    delete,
    deployment,
    get,
    patch,
    pod,
)

CASES = (
    Case(
        "whoever is not known is unauthorized",
        (get(f"{CORE}/pods", headers={"Authorization": "Bearer nobody"}),),
    ),
    Case(
        "without a token one is anonymous",
        (
            get(f"{CORE}/pods", headers={"Authorization": "Basic YTpi"}),
            get("/apis", headers={"Authorization": "Basic YTpi"}),
            get("/healthz", headers={"Authorization": "Basic YTpi"}),
        ),
    ),
    Case(
        "a service account's token says who it is",
        (
            ACCOUNT,
            BEARER,
            Request(
                "POST",
                "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
                headers=bot(),
                keep=("/status/userInfo/username", "/status/userInfo/groups", "/kind"),
            ),
        ),
    ),
    Case(
        "the token of an account that is gone is unauthorized",
        (
            ACCOUNT,
            BEARER,
            delete(f"{CORE}/serviceaccounts/bot", keep=()),
            Until(f"{CORE}/serviceaccounts", lambda code, body: "bot" not in str(body), keep=()),
            token(),
        ),
    ),
    Case("a service account without rights is refused", by_bot(get(f"{CORE}/pods", headers=bot()))),
    # -------------------------------------------------------------- RBAC
    Case(
        "a refusal names the namespace, the object and the subresource",
        (
            get(f"{CORE}/pods", headers=EVE),
            get(f"{CORE}/pods/one", headers=EVE),
            get(f"{CORE}/pods/one/log", headers=EVE),
            get(f"{APPS}/deployments/web/scale", headers=EVE),
            patch(f"{APPS}/deployments/web/status", {}, headers=EVE),
            get(f"{CORE}/pods?watch=1", headers=EVE),
        ),
    ),
    Case(
        "a refusal of what is outside of namespaces names the cluster",
        (
            get("/api/v1/nodes", headers=EVE),
            get("/api/v1/nodes/one", headers=EVE),
            get("/api/v1/pods", headers=EVE),
            get("/api/v1/namespaces/{ns}", headers=EVE),
            get("/apis/apps/v1/deployments?watch=true", headers=EVE),
        ),
    ),
    Case(
        "a refusal of a path names the path",
        (get("/metrics", headers=EVE), get("/logs/", headers=EVE)),
    ),
    Case(
        "a create is refused without the object's name",
        (create(config_map("one"), headers=EVE), create(deployment("web"), headers=EVE)),
    ),
    Case(
        "a refusal escapes what looks like markup",
        (get(f"{CORE}/pods", headers=as_user('<b>&"x"')),),
    ),
    Case(
        "what everybody may read is discovery",
        (
            get("/version", headers=EVE, keep=("/major",)),
            get("/apis", headers=EVE, keep=("/kind",), accept=DISCOVERY),
            get("/livez", headers=EVE),
        ),
    ),
    Case(
        "a role in a namespace gives its verbs and no others",
        (
            *granted(USER, READS_PODS),
            get(f"{CORE}/pods", headers=EVE, keep=("/items",)),
            get(f"{CORE}/pods/none", headers=EVE),
            delete(f"{CORE}/pods/none", headers=EVE),
            get(f"{CORE}/pods/none/log", headers=EVE),
            get("/api/v1/namespaces/default/pods", headers=EVE),
        ),
    ),
    Case(
        "a resource's name narrows a rule",
        (
            *granted(USER, rule("get list", "configmaps", resourceNames=["one"])),
            get(f"{CORE}/configmaps/one", headers=EVE),
            get(f"{CORE}/configmaps/two", headers=EVE),
            get(f"{CORE}/configmaps", headers=EVE),
            get(
                f"{CORE}/configmaps?fieldSelector=metadata.name%3Done",
                headers=EVE,
                keep=("/items",),
            ),
        ),
    ),
    Case(
        "a subresource is a right of its own",
        (
            *granted(USER, rule("get", "pods/log"), rule("get", "*/scale", "apps")),
            get(f"{CORE}/pods/none/log", headers=EVE),
            get(f"{CORE}/pods/none", headers=EVE),
            get(f"{APPS}/deployments/none/scale", headers=EVE),
            get(f"{APPS}/deployments/none", headers=EVE),
        ),
    ),
    Case(
        "a star reaches everything of its group",
        (
            *granted(USER, rule("*", "*", "apps")),
            get(f"{APPS}/deployments/none/scale", headers=EVE),
            delete(f"{APPS}/statefulsets/none", headers=EVE),
            get(f"{CORE}/pods", headers=EVE),
        ),
    ),
    Case(
        "a group is a subject",
        (
            *granted(subject("Group", "team-a"), READS_PODS),
            get(f"{CORE}/pods/none", headers=as_user("eve", "team-a")),
            get(f"{CORE}/pods/none", headers=as_user("eve", "team-b")),
        ),
    ),
    Case(
        "a cluster role that is bound in a namespace counts there",
        (
            create(binding("viewers", {"kind": "ClusterRole", "metadata": {"name": "view"}}, USER)),
            arrived(EVE),
            get(f"{CORE}/pods/none", headers=EVE),
            get(f"{CORE}/secrets/none", headers=EVE),
            get("/api/v1/pods", headers=EVE),
        ),
    ),
    Case(
        "an exec over a websocket needs the right to create",
        (
            create(pod("one"), keep=()),
            Until(f"{CORE}/pods/one", condition("Ready"), keep=()),
            *granted(USER, rule("get", "pods/exec")),
            Exec(f"{CORE}/pods/one/exec?command=true&stdout=1", headers=EVE),
        ),
    ),
)
