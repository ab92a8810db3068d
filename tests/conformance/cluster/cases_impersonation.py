"""Impersonation and access reviews."""

from dataclasses import replace

from tests.conformance.cluster.case import Case
from tests.conformance.cluster.people import (
    ACCOUNT,
    BEARER,
    CLASSIC,
    CONSTRAINED,
    EVE,
    EVERYWHERE,
    ME,
    READS_PODS,
    REVIEW,
    USER,
    acting,
    bot,
    by_bot,
    granted,
    granted_everywhere,
    may,
    review,
    rule,
    subject,
    who,
)
from tests.conformance.cluster.writing import (
    APPS,
    CORE,
    as_user,
    delete,
    get,
)

CASES = (
    # -------------------------------------------------------------- reviews
    Case(
        "an access review tells which binding allows",
        (
            *granted(subject("Group", "team-a"), READS_PODS),
            may("list", "pods", as_user("eve", "team-a")),
            may("delete", "pods", as_user("eve", "team-a")),
            may("list", "pods", EVE),
        ),
    ),
    Case(
        "an access review tells of a service account's binding",
        (
            ACCOUNT,
            BEARER,
            *granted(subject("ServiceAccount", "bot", namespace="{ns}"), READS_PODS),
            may("get", "pods", bot(), name="one"),
            may("get", "pods", bot(), subresource="log"),
        ),
    ),
    Case(
        "an access review tells of a cluster-wide binding",
        (*granted_everywhere(USER, READS_PODS), may("list", "pods", EVE)),
        after=EVERYWHERE,
    ),
    Case(
        "a member of system:masters may do everything",
        (may("frob", "anything", as_user("root", "system:masters")),),
    ),
    Case(
        "an access review of a path",
        (
            review(
                "selfsubjectaccessreviews",
                {"nonResourceAttributes": {"path": "/metrics", "verb": "get"}},
                EVE,
            ),
        ),
    ),
    Case(
        "an access review asks for one thing",
        (review("selfsubjectaccessreviews", {}), review("subjectaccessreviews", {"user": "eve"})),
    ),
    Case(
        "an access review tells all that is wrong with it",
        (
            review("subjectaccessreviews", {}),
            review("localsubjectaccessreviews", {"resourceAttributes": {"verb": "get"}}),
            review("selfsubjectaccessreviews", {"resourceAttributes": {"verb": 5}}),
            review("subjectaccessreviews", {"user": ["eve"], "resourceAttributes": {}}),
        ),
    ),
    Case(
        "somebody else's rights are reviewed by their user and groups",
        (
            *granted(subject("Group", "team-a"), READS_PODS),
            review(
                "subjectaccessreviews",
                {
                    "user": "eve",
                    "groups": ["team-a"],
                    "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "{ns}"},
                },
            ),
            review(
                "subjectaccessreviews",
                {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "{ns}"}},
            ),
        ),
    ),
    Case(
        "a review in a namespace is about that namespace",
        (
            *granted(USER, READS_PODS),
            review(
                "localsubjectaccessreviews",
                {
                    "user": "eve",
                    "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "{ns}"},
                },
            ),
            review(
                "localsubjectaccessreviews",
                {
                    "user": "eve",
                    "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "other"},
                },
            ),
        ),
    ),
    Case(
        "a rules review lists what somebody without rights may do",
        (
            replace(
                review("selfsubjectrulesreviews", {"namespace": "{ns}"}, as_user("eve", "team-a")),
                # The other list comes from two roles, in any order.
                keep=("/spec", "/status/incomplete", "/status/resourceRules"),
            ),
            review("selfsubjectrulesreviews", {}),
        ),
    ),
    Case(
        "reviews are not for everybody",
        (
            review("subjectaccessreviews", {"user": "ada"}, EVE),
            get(REVIEW),
        ),
    ),
    # -------------------------------------------------------------- impersonation
    Case(
        "an administrator is whom they say",
        (
            who(as_user("ada", "team-a", "team-b")),
            who({"Impersonate-User": "ada", "Impersonate-Extra-Scopes": ["view", "edit"]}),
            who({"Impersonate-User": "ada", "Impersonate-Extra-acme.example%2Fteam": "Blue One"}),
            who({"Impersonate-User": "ada", "Impersonate-Uid": "1234"}),
            who({"Impersonate-User": "system:anonymous"}),
            who({"Impersonate-User": "system:serviceaccount:{ns}:bot"}),
            who({"Impersonate-User": "ada", "Impersonate-Group": "system:unauthenticated"}),
        ),
    ),
    Case(
        "impersonation without right is refused for the request first",
        by_bot(
            get(f"{CORE}/pods", headers=acting("ada")),
            get("/metrics", headers=acting("ada")),
        ),
    ),
    Case(
        "classic impersonation checks each value",
        by_bot(
            who(acting("ada", "team-a", "team-b", Scopes="view")),
            who(acting("bob")),
            who(acting("ada", "team-c")),
            who(acting("ada", "system:masters")),
            who(acting("ada", Scopes="edit")),
            who(acting("ada", Other="view")),
            who(bot(**{"Impersonate-User": "ada", "Impersonate-Uid": "1234"})),
            who(bot(**{"Impersonate-User": "ada", "Impersonate-Uid": "5678"})),
            rules=CLASSIC,
        ),
        after=EVERYWHERE,
    ),
    Case(
        "a service account is impersonated by a right of its namespace",
        by_bot(
            *granted(ME, rule("impersonate", "serviceaccounts", resourceNames=["other"])),
            who(acting("system:serviceaccount:{ns}:other")),
            who(acting("system:serviceaccount:{ns}:default")),
        ),
    ),
    Case(
        "constrained impersonation is for what is named, on what is named",
        by_bot(
            get(f"{CORE}/pods", headers=acting("ada", "team-a")),
            get(f"{APPS}/deployments", headers=acting("ada", "team-a")),
            delete(f"{CORE}/pods/one", headers=acting("ada", "team-a")),
            get(f"{CORE}/pods", headers=acting("bob")),
            get(f"{CORE}/pods", headers=acting("ada", "team-b")),
            get(f"{CORE}/pods", headers=acting("ada", "system:masters")),
            rules=CONSTRAINED,
        ),
        after=EVERYWHERE,
    ),
    Case(
        "who is impersonated needs the rights themselves",
        by_bot(
            *granted(subject("Group", "team-a"), READS_PODS),
            get(f"{CORE}/pods", headers=acting("ada", "team-a"), keep=("/items",)),
            get(f"{CORE}/pods/none/log", headers=acting("ada", "team-a")),
            rules=(*CONSTRAINED, rule("impersonate-on:user-info:get", "pods/log")),
        ),
        after=EVERYWHERE,
    ),
)
