"""How often a person may ask in a minute."""

import pytest

from bot.core.command import Effect
from bot.core.errors import BusyError, RefusedError
from bot.policy.model import Policy
from bot.policy.rates import Rates, per_minute
from tests.clock import ManualClock
from tests.every import every

READ, CHANGE = Effect.READ, Effect.CHANGE
POLICY = Policy.model_validate(
    {
        "version": 1,
        "tiers": {
            "viewer": {
                "groups": ["viewers"],
                "ceiling": "read",
                "per_minute": {"read": 2, "change": 0},
            },
            "operator": {
                "groups": ["operators"],
                "ceiling": "change",
                "per_minute": {"read": 5, "change": 1},
            },
            "admin": {"groups": ["admins"], "ceiling": "destroy", "per_minute": {"read": 1}},
        },
    }
)


@every(
    ("groups", "effect", "rate"),
    [
        (["viewers"], READ, 2),
        (["viewers"], CHANGE, 0),
        (["viewers", "operators"], READ, 5),
        (["viewers", "operators"], CHANGE, 1),
        (["viewers", "admins"], CHANGE, None),
        (["operators"], Effect.DESTROY, None),
        (["team-x"], READ, None),
        ([], READ, None),
    ],
)
def test_of_several_tiers_the_most_generous_counts(
    groups: list[str], effect: Effect, rate: int | None
) -> None:
    assert per_minute(POLICY, groups, effect) == rate


async def test_one_too_many_in_a_minute_hears_when_to_try_again() -> None:
    clock = ManualClock()
    rates = Rates(lambda: POLICY, clock)
    rates.check("T1/U0VIC", ["viewers"], READ)
    await clock.advance(20)
    rates.check("T1/U0VIC", ["viewers"], READ)
    with pytest.raises(BusyError, match="your 2 questions of this minute") as caught:
        rates.check("T1/U0VIC", ["viewers"], READ)
    assert caught.value.next_step == "Try again in 41 s."
    await clock.advance(41)
    rates.check("T1/U0VIC", ["viewers"], READ)
    with pytest.raises(BusyError):
        rates.check("T1/U0VIC", ["viewers"], READ)


async def test_what_was_refused_does_not_count() -> None:
    clock = ManualClock()
    rates = Rates(lambda: POLICY, clock)
    rates.check("T1/U0OPS", ["operators"], CHANGE)
    for _ in range(100):
        await clock.advance(0.5)
        with pytest.raises(BusyError):
            rates.check("T1/U0OPS", ["operators"], CHANGE)
    await clock.advance(11)
    rates.check("T1/U0OPS", ["operators"], CHANGE)


def test_each_person_and_each_effect_has_its_own_count() -> None:
    rates = Rates(lambda: POLICY, ManualClock())
    rates.check("T1/U0OPS", ["operators"], CHANGE)
    rates.check("T1/U0OPS", ["operators"], READ)
    rates.check("T1/U0IDA", ["operators"], CHANGE)
    with pytest.raises(BusyError):
        rates.check("T1/U0OPS", ["operators"], CHANGE)


def test_a_tier_without_changes_refuses_them_for_good() -> None:
    rates = Rates(lambda: POLICY, ManualClock())
    with pytest.raises(RefusedError, match="Your tier has no changes"):
        rates.check("T1/U0VIC", ["viewers"], CHANGE)


async def test_a_stricter_policy_holds_at_once() -> None:
    clock, held = ManualClock(), [Policy(version=1)]
    rates = Rates(lambda: held[0], clock)
    for _ in range(9):
        rates.check("T1/U0VIC", ["viewers"], READ)
    held[0] = POLICY
    for _ in range(2):
        rates.check("T1/U0VIC", ["viewers"], READ)
    with pytest.raises(BusyError):
        rates.check("T1/U0VIC", ["viewers"], READ)


async def test_a_flood_of_people_is_forgotten_after_its_minute() -> None:
    clock = ManualClock()
    rates = Rates(lambda: POLICY, clock)
    for number in range(20_000):
        rates.check(f"T1/U{number}", ["viewers"], READ)
        if number % 1000 == 0:
            await clock.advance(61)
    assert len(rates._asked) < 5000
