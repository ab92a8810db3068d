"""Who a person is to a cluster: the order of the rules, and that nothing else comes of them."""

import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import RefusedError
from bot.core.request import Impersonated, Person, Standing
from bot.policy.model import Mode, Policy, PolicyPerson
from bot.policy.people import identify, usergroups
from tests.every import every

OPERATORS, VIEWERS, TEAM = "quarterdeck:operators", "quarterdeck:viewers", "team-shop"
GROUPS, USERS = Mode.GROUPS, Mode.USERS
POLICY = Policy.model_validate(
    {
        "version": 1,
        "people": [{"slack": "U0ADA", "groups": [OPERATORS], "user": "Ada@example.com"}],
        "usergroups": {
            "S0OPS": {"groups": [OPERATORS, TEAM]},
            "S0ALL": {"groups": [VIEWERS, TEAM]},
        },
        "domains": {"example.com": {"groups": [VIEWERS]}},
    }
)
ADA = Person("T1/U0ADA")
VIC = Person("T1/U0VIC", email="vic@example.com")


@pytest.mark.parametrize(
    ("person", "groups"),
    [
        (ADA, (OPERATORS,)),
        (replace(ADA, usergroups=("S0ALL",), email="ada@example.com"), (OPERATORS,)),
        (replace(VIC, usergroups=("S0ALL",)), (VIEWERS, TEAM)),
        (replace(VIC, usergroups=("S0ALL", "S0OPS")), (VIEWERS, TEAM, OPERATORS)),
        (replace(VIC, usergroups=("S0OTHER",)), (VIEWERS,)),
        (VIC, (VIEWERS,)),
    ],
    ids=["entry", "entry-wins", "group", "groups-add-up", "unnamed-group", "domain"],
)
def test_the_first_rule_that_matches_gives_the_groups(
    person: Person, groups: tuple[str, ...]
) -> None:
    assert identify(POLICY, person, GROUPS) == Impersonated("quarterdeck:user", groups)


@pytest.mark.parametrize(
    ("person", "user"),
    [
        (ADA, "Ada@example.com"),
        (replace(ADA, email="other@example.com"), "Ada@example.com"),
        (replace(VIC, usergroups=("S0ALL",)), "vic@example.com"),
        (VIC, "vic@example.com"),
    ],
    ids=["entry", "entry-wins", "group", "domain"],
)
def test_a_cluster_of_users_is_told_the_address(person: Person, user: str) -> None:
    identity = identify(POLICY, person, USERS)
    assert identity is not None
    assert identity.user == user
    assert identity.groups == identify(POLICY, person, GROUPS).groups  # type: ignore[union-attr]


@every(
    "email",
    [
        "",
        "vic@other.com",
        "vic@sub.example.com",
        "vic@example.com.evil.org",
        "vic@evil-example.com",
        "VIC@EXAMPLE.COM",
        "vic@ex\u0430mple.com",
        "vi\u212a@example.com",
        "vic@example.com ",
        "@example.com",
        "system:masters",
    ],
)
@every("mode", Mode)
def test_t25_an_address_that_only_resembles_an_allowed_one_is_nobodys(
    email: str, mode: Mode
) -> None:
    assert identify(POLICY, replace(VIC, email=email), mode) is None


@pytest.mark.parametrize("key", ["T1/", "T1", "terminal", "U0ADA", "T1/u0ada", "T1/U0ADA/x", "/"])
def test_a_key_that_only_resembles_one_is_nobodys(key: str) -> None:
    assert identify(POLICY, Person(key), GROUPS) is None


@every("standing", [one for one in Standing if one is not Standing.MEMBER])
@every("mode", Mode)
def test_t25_whoever_is_no_member_is_nobody_whatever_the_policy_says(
    standing: Standing, mode: Mode
) -> None:
    for person in (ADA, replace(VIC, usergroups=("S0OPS",)), VIC, Person("T1/U0EVE")):
        with pytest.raises(RefusedError, match=r"not served|did not say who") as caught:
            identify(POLICY, replace(person, standing=standing), mode)
        assert caught.value.next_step


@pytest.mark.parametrize("mode", Mode)
def test_the_address_of_somebody_elses_entry_is_ambiguous(mode: Mode) -> None:
    other = Person("T1/U0ADA2", email="ada@example.com")
    with pytest.raises(RefusedError, match="Two entries of the policy may mean you"):
        identify(POLICY, other, mode)


def test_two_entries_for_one_person_are_ambiguous_however_they_came_there() -> None:
    twice = (PolicyPerson(slack="U0ADA", groups=(VIEWERS,)), *POLICY.people)
    with pytest.raises(RefusedError, match="neither counts") as caught:
        identify(POLICY.model_copy(update={"people": twice}), ADA, GROUPS)
    assert "U0ADA" in caught.value.next_step


@pytest.mark.parametrize("email", ["", "vic@other.com"])
def test_a_cluster_of_users_takes_nobody_without_an_allowed_address(email: str) -> None:
    person = replace(VIC, usergroups=("S0ALL",), email=email)
    with pytest.raises(RefusedError, match="knows people by their e-mail addresses"):
        identify(POLICY, person, USERS)


def test_only_user_groups_that_can_decide_are_asked_for() -> None:
    assert usergroups(POLICY, VIC) == {"S0OPS", "S0ALL"}
    assert usergroups(POLICY, ADA) == frozenset()
    assert usergroups(Policy.model_validate({"version": 1}), VIC) == frozenset()


# Whatever might be taken for an identity of the cluster's own, among ordinary words.
WORDS = st.one_of(
    st.sampled_from(
        ["system:masters", "system:admin", "SYSTEM:masters", "system:", "quarterdeck:user"]
    ),
    st.text(string.ascii_letters + string.digits + ":@.-_% \u212a\n", max_size=24),
)
IDS = st.sampled_from(["U0ADA", "U0VIC"])
USERGROUPS = st.sampled_from(["S0OPS", "S0ALL", "S0NONE"])
DOMAINS = st.sampled_from(["example.com", "other.com"])
EMAILS = st.one_of(
    WORDS, st.builds(lambda name, domain: f"{name}@{domain}", WORDS, DOMAINS), st.just("")
)


def _given(groups: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {"groups": groups}


GIVEN = st.lists(WORDS, max_size=3).map(tuple).map(_given)
# Also what the schema would never let in: the last wall is proved without the first one.
POLICIES = st.builds(
    lambda people, groups, domains: Policy.model_construct(
        version=1,
        people=tuple(
            PolicyPerson.model_construct(slack=slack, user=user, **given)
            for slack, user, given in people
        ),
        usergroups={name: PolicyPerson.model_construct(**given) for name, given in groups.items()},
        domains={name: PolicyPerson.model_construct(**given) for name, given in domains.items()},
    ),
    st.lists(st.tuples(IDS, st.one_of(st.none(), EMAILS), GIVEN), max_size=3),
    st.dictionaries(USERGROUPS, GIVEN, max_size=3),
    st.dictionaries(DOMAINS, GIVEN, max_size=2),
)
PEOPLE = st.builds(
    Person,
    st.one_of(IDS.map("T1/{}".format), IDS.map("T1/{}".format), WORDS),
    WORDS,
    st.one_of(st.just(Standing.MEMBER), st.sampled_from(Standing)),
    EMAILS,
    st.lists(USERGROUPS, max_size=3).map(tuple),
)


@settings(max_examples=400)
@given(POLICIES, PEOPLE, st.sampled_from(Mode))
def test_nothing_makes_anybody_an_identity_of_the_clusters_own(
    policy: Policy, person: Person, mode: Mode
) -> None:
    try:
        identity = identify(policy, person, mode)
    except RefusedError:
        return
    if identity is None:
        return
    assert not [one for one in (identity.user, *identity.groups) if one.startswith("system:")]
    bindings = [*policy.usergroups.values(), *policy.domains.values()]
    named = [one.groups for one in policy.people] + [one.groups for one in bindings]
    assert set(identity.groups) <= {group for groups in named for group in groups}


@given(POLICIES, PEOPLE, st.sampled_from(Mode))
def test_whoever_is_somebody_is_a_member_and_has_a_rule_of_their_own(
    policy: Policy, person: Person, mode: Mode
) -> None:
    try:
        identity = identify(policy, person, mode)
    except RefusedError:
        return
    if identity is None:
        return
    assert person.standing is Standing.MEMBER
    named = {entry.slack: entry.user for entry in policy.people}
    slack = person.key.partition("/")[2]
    domain = person.email.rpartition("@")[2]
    assert (
        slack in named
        or set(person.usergroups) & policy.usergroups.keys()
        or (domain in policy.domains)
    )
    own = "quarterdeck:user" if mode is GROUPS else named.get(slack) or person.email
    assert identity.user == own
