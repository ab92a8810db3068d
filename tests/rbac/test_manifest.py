"""Whatever a policy says, the printed role lets the bot become whom it names, and no power."""

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.policy.model import Policy
from bot.rbac.manifest import as_yaml, classic, constrained
from bot.rbac.needs import identities
from bot.rights import declared
from tests.deploy.rbac_evaluator import Ask, Rbac, Target
from tests.deploy.test_rbac import BOT, POWERS
from tests.deploy.test_rbac_constrained import replaced

words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
groups = st.lists(st.sampled_from([*POWERS, "yes", "~", "1e3", "team:a"]) | words, max_size=4)
users = st.sampled_from(["ada@example.com", "system:admin", "eve@example.org", "*"])
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def policy(mode: str, named: list[str], user: str) -> Policy | None:
    person = {"slack": "U1A", "user": user, "groups": named}
    written = {"version": 1, "clusters": {"default": {"mode": mode}}, "people": [person]}
    try:
        return Policy.model_validate(written)
    except ValidationError:
        return None


policies = st.builds(policy, st.sampled_from(["groups", "users"]), groups, users).filter(bool)


@unhurried
@given(policies, st.booleans(), st.sampled_from(POWERS))
def test_the_printed_role_names_those_of_the_policy_and_no_power(
    found: Policy, capped: bool, power: str
) -> None:
    who = identities(found)
    role = constrained(who, declared()) if capped else classic(who)
    assert yaml.load(as_yaml(role), yaml.CSafeLoader) == role
    rbac = Rbac(replaced(role))
    pods = Ask("get", "", "pods", "web", "shop")
    for user in who.users:
        assert rbac.may_as(BOT, Target(user, who.groups), pods)
    assert not rbac.may_as(BOT, Target(power), pods)
    other = Target(who.users[0], (power,))
    assert rbac.may_as(BOT, other, pods) == (power in who.groups)
    assert not [name for name in (*who.users, *who.groups) if name.startswith("system:")]
