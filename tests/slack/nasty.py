"""Whatever a cluster or a person may have written, for properties: what must stay plain text."""

import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from bot.core.command import Effect
from bot.core.plan import Change, Create, Outlook, Plan, Target
from bot.core.proposal import Case, Consent, Jury, Party, Proposed, Stage, Vote
from bot.core.request import Place, Surface

NASTY = st.sampled_from(
    ["<!channel>", "<@U0EVE>", "<http://evil|x>", "```", "&", "\u202e", "*_~`", "<!subteam^S1>"]
)
TEXT = st.lists(st.text(max_size=30) | NASTY | st.just("w" * 700), max_size=12).map("\n".join)
LINE = st.text(max_size=100) | NASTY | st.just("w" * 300)

PEOPLE, TEAMS = frozenset({"U0ADA", "U0BOB"}), frozenset({"S0TEAM"})
"""Who may be mentioned, because they stand in the stored proposal."""
OURS = re.compile(r"<@(?:U0ADA|U0BOB)>|<!subteam\^S0TEAM>|<!date\^\d+\^\{time\}\|\d\d:\d\d UTC>")

_KEYS = st.sampled_from(["T1/U0ADA", "T1/U0BOB"]) | NASTY.map(lambda text: f"{text}/<@U0EVE>")
_AT = datetime(2026, 11, 28, 14, 20, tzinfo=UTC)


def _plan(text: str, line: str, effect: Effect, many: int) -> Plan:
    target = Target(line, line, line, line, line, line, line, line)
    step = Create(target, "{}", effect=effect)
    change = Change(text, line, text, line)
    outlook = Outlook((text,) * many, (line,) * many, text * many)
    return Plan(text, (step,) * min(many, 2), (change,) * 3 * many, (), outlook=outlook)


PLANS = st.builds(_plan, TEXT, LINE, st.sampled_from(Effect), st.integers(0, 8))


def _case(plan: Plan, line: str, keys: tuple[str, ...], votes: int, **changes: Any) -> Case:
    """Return a case with the same texts and people in every place that has any."""
    party = Party(keys[0], keys[0], line)
    vote = Vote(party, _AT, plan.phrase)
    groups = (line,) * (votes + 1)
    jury = Jury(
        tuple(key.rpartition("/")[2] for key in keys) * 4,
        ("S0TEAM", line),
        groups,
        anyone=changes.pop("anyone"),
    )
    place, consent = Place(Surface.SLASH, "C0SHOP"), changes.pop("consent")
    held = plan.phrase if votes == 2 else ""
    proposed = Proposed(
        plan, consent, party, place, "req-1", plan.phrase, jury, on_call=True, held=held
    )
    return Case(
        *("t" * 22, proposed, _AT, _AT),
        approvals=(vote,) * votes,
        closed_by=vote if votes else None,
        words=plan.phrase,
        **changes,
    )


CASES = st.builds(
    _case,
    PLANS,
    LINE,
    st.lists(_KEYS, min_size=1, max_size=5).map(tuple),
    st.integers(0, 2),
    anyone=st.booleans(),
    consent=st.sampled_from(Consent),
    stage=st.sampled_from(Stage),
    broken_glass=st.booleans(),
)
