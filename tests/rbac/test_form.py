"""The bot says in which form it impersonates, and what it holds that it should not."""

import pytest

from bot.core.health import Finding, State
from bot.policy.model import Policy
from bot.rbac.form import Form, examine, form_of, read_version
from bot.rbac.needs import identities
from bot.rbac.rights import Rule
from tests.rbac.accounts import ACCESSES, BASIC, CLASSIC, CONSTRAINED, EVERYBODY, LEASES, Account

NEW, OLD = (1, 37), (1, 35)
ADMIN: list[Rule] = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
FORMS = {
    Form.CLASSIC: CLASSIC,
    Form.CONSTRAINED: CONSTRAINED,
    Form.BOTH: [*CLASSIC, *CONSTRAINED],
    Form.NONE: [],
}


async def found(
    rules: list[Rule], version: tuple[int, int] = NEW, policy: Policy = EVERYBODY
) -> list[Finding]:
    return await examine(Account([*rules, *BASIC]), policy, "default", ACCESSES, version)


@pytest.mark.parametrize("form", Form)
async def test_the_form_is_known_by_the_rights(form: Form) -> None:
    assert await form_of(Account(FORMS[form]), identities(EVERYBODY)) is form


@pytest.mark.parametrize("form", [Form.CLASSIC, Form.CONSTRAINED])
async def test_what_is_as_shipped_is_good_and_says_its_form(form: Form) -> None:
    findings = await found(FORMS[form])
    assert {one.state for one in findings} == {State.GOOD}
    assert f"impersonates in the {form} form: 3 users and 4 groups." in findings[0].text
    assert "nothing there but that" in findings[-1].text


async def test_where_the_constrained_form_could_be_had_the_classic_one_says_so() -> None:
    assert "also has the constrained one" in (await found(CLASSIC, NEW))[0].text
    assert "also has the constrained one" not in (await found(CLASSIC, OLD))[0].text


async def test_both_forms_together_are_warned_of() -> None:
    first, *_ = await found(FORMS[Form.BOTH])
    assert first.state is State.LACKING
    assert "nothing caps what it may do" in first.text
    assert "render --constrained" in first.next_step


async def test_an_old_cluster_does_not_know_the_constrained_form() -> None:
    first, *_ = await found(CONSTRAINED, OLD)
    assert first.state is State.LACKING
    assert "1.36" in first.text


async def test_without_a_right_to_impersonate_the_bot_is_broken() -> None:
    [only] = await found([])
    assert only.state is State.BROKEN
    assert "quarterdeck:user" in only.text
    assert "quarterdeck rbac render" in only.next_step


MORE: dict[str, tuple[Rule, str]] = {
    "secrets": (
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
        "get secrets",
    ),
    "everything": (ADMIN[0], "* *.*"),
    "any-user": (
        {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]},
        "impersonate users",
    ),
    "masters": (
        {
            "apiGroups": [""],
            "resources": ["groups"],
            "verbs": ["impersonate"],
            "resourceNames": ["system:masters"],
        },
        "impersonate groups system:masters",
    ),
    "account": (
        {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["impersonate"]},
        "impersonate serviceaccounts",
    ),
    "metrics": ({"nonResourceURLs": ["/metrics"], "verbs": ["get"]}, "get /metrics"),
    "all-leases": (
        {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get"]},
        "get leases.coordination.k8s.io",
    ),
}


@pytest.mark.parametrize(("rule", "named"), MORE.values(), ids=MORE)
@pytest.mark.parametrize("form", [Form.CLASSIC, Form.CONSTRAINED])
async def test_a_right_that_is_not_needed_is_named(form: Form, rule: Rule, named: str) -> None:
    texts = [one.text for one in await found([*FORMS[form], rule]) if one.state is State.LACKING]
    assert any(named in text for text in texts)


async def test_a_type_that_was_added_to_the_cap_is_told_and_not_warned_of() -> None:
    read = [f"impersonate-on:user-info:{verb}" for verb in ("get", "list")]
    widgets: Rule = {"apiGroups": ["example.org"], "resources": ["widgets"], "verbs": read}
    findings = await found([*CONSTRAINED, widgets])
    assert {one.state for one in findings} == {State.GOOD}
    assert findings[-1].text.endswith("As people it may also read widgets.example.org.")


@pytest.mark.parametrize(
    ("group", "resource", "verb"),
    [
        ("", "secrets", "get"),
        ("", "pods", "delete"),
        ("", "pods/exec", "get"),
        ("", "*", "get"),
        ("*", "widgets", "get"),
    ],
)
async def test_any_other_right_beyond_the_cap_is_warned_of(
    group: str, resource: str, verb: str
) -> None:
    verbs = [f"impersonate-on:user-info:{verb}"]
    more: Rule = {"apiGroups": [group], "resources": [resource], "verbs": verbs}
    findings = await found([*CONSTRAINED, more])
    assert findings[-1].state is State.LACKING
    assert verbs[0] in findings[-1].text


async def test_a_right_in_one_namespace_is_named_with_it() -> None:
    secrets: Rule = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}
    account = Account([*CLASSIC, *BASIC], {"quarterdeck": LEASES, "kube-system": [secrets]})
    *_, last = await examine(account, EVERYBODY, "default", ACCESSES, NEW)
    assert last.text.endswith("than it should: list secrets in kube-system.")


async def test_the_namespaces_of_the_channels_are_looked_at() -> None:
    pods: Rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
    policy = Policy.model_validate({"version": 1, "channels": {"C1A": {"namespaces": ["shop"]}}})
    account = Account([*CLASSIC, *BASIC], {"quarterdeck": LEASES, "shop": [pods]})
    *_, last = await examine(account, policy, "default", ACCESSES, NEW)
    assert "get pods in shop" in last.text


async def test_many_rights_are_counted_and_not_listed() -> None:
    words = [f"w{number}" for number in range(9)]
    many: Rule = {"apiGroups": [""], "resources": words, "verbs": ["get"]}
    *_, last = await found([*CLASSIC, many])
    assert "get w0, get w1, get w2, get w3, get w4 and 4 more." in last.text


async def test_a_group_of_the_policy_that_the_role_does_not_list_is_broken() -> None:
    person = {"slack": "U1A", "groups": ["team:a"]}
    policy = Policy.model_validate({"version": 1, "people": [person]})
    [_, missing, _] = await found(CLASSIC, policy=policy)
    assert missing.state is State.BROKEN
    assert "it lacks impersonate groups team:a." in missing.text


async def test_what_another_authorizer_grants_is_not_called_missing() -> None:
    # A list of rules knows RBAC alone; the question whether one may knows them all.
    class Webhook(Account):
        async def rules(self, namespace: str) -> list[Rule]:
            return [*BASIC, *self.local.get(namespace, ())]

    findings = await examine(Webhook([*CLASSIC]), EVERYBODY, "default", ACCESSES, NEW)
    assert {one.state for one in findings} == {State.GOOD}


@pytest.mark.parametrize(
    ("text", "version"),
    [("v1.37.2", (1, 37)), ("v1.36.0-eks-1", (1, 36)), ("1.9", (1, 9)), ("of an", (0, 0))],
)
def test_a_version_is_read_as_clusters_write_it(text: str, version: tuple[int, int]) -> None:
    assert read_version(text) == version
