"""Which places the policy's calendar freezes, and until when.

Pure. The clock on the wall decides: from 22:00 to 06:00 are these hours in the nights, too, in
which clocks are turned.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.proposal import Hold, Party, Weekly
from bot.policy.gates import matches
from bot.policy.limits import Site
from bot.policy.model import DAYS, Freeze, Policy

_DAY = timedelta(days=1)
# Windows follow each other for at most a week and a day; what goes on then has no end.
_MOST = 9
_POLICY = Party("", "", "the policy")


def frozen(policy: Policy, context: str, site: Site, now: datetime) -> Hold | None:
    """Return what the calendar holds there at that moment; of several, what holds longest."""
    found = [
        Hold("", context, site.namespace, until=ends(one, now), by=_POLICY, reason=one.reason)
        for one in policy.freezes
        if _is_about(one, site) and covers(one, now)
    ]
    endless = datetime.max.replace(tzinfo=UTC)
    return max(found, key=lambda hold: hold.until or endless, default=None)


def calendar(policy: Policy, now: datetime) -> tuple[Weekly, ...]:
    """Return the whole calendar, as it stands at that moment."""
    return tuple(
        Weekly(
            one.clusters,
            one.namespaces,
            hours(one),
            one.reason,
            in_force=covers(one, now),
            until=ends(one, now) if covers(one, now) else None,
        )
        for one in policy.freezes
    )


def covers(freeze: Freeze, now: datetime) -> bool:
    """Tell whether a moment lies in the window."""
    return any(True for _ in _ends(freeze, now))


def ends(freeze: Freeze, now: datetime) -> datetime | None:
    """Return when the window ends in which the moment lies; None: it goes on for ever."""
    end = now
    for _ in range(_MOST):
        later = max(_ends(freeze, end), default=None)
        if later is None:
            return end.astimezone(UTC)
        end = later
    return None


def hours(freeze: Freeze) -> str:
    """Return when it holds, such as `fri, sat 17:00-08:00 Europe/Berlin`."""
    days = ", ".join(freeze.days) or "daily"
    return f"{days} {freeze.from_}-{freeze.to} {freeze.timezone}"


def _is_about(freeze: Freeze, site: Site) -> bool:
    in_cluster = not freeze.clusters or not site.contexts.isdisjoint(freeze.clusters)
    named = not freeze.namespaces or matches(site.namespace, freeze.namespaces)
    return in_cluster and named


def _ends(freeze: Freeze, now: datetime) -> Iterator[datetime]:
    """Yield when each of the window's days ends that the moment lies in."""
    zone = ZoneInfo(freeze.timezone)
    wall = now.astimezone(zone).replace(tzinfo=None)
    for day in (wall.date(), wall.date() - _DAY):
        begin, end = _of_day(freeze, day)
        if (not freeze.days or DAYS[day.weekday()] in freeze.days) and begin <= wall < end:
            # Of an hour that comes twice the second one counts, and of one that is left out the
            # moment after it.
            yield max(end.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def _of_day(freeze: Freeze, day: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(day, time.fromisoformat(freeze.from_))
    if freeze.to == "24:00":
        return begin, datetime.combine(day + _DAY, time.min)
    end = datetime.combine(day, time.fromisoformat(freeze.to))
    return begin, end if end > begin else end + _DAY
