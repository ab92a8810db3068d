"""CronJobs: a Job whenever the schedule says so."""

from datetime import UTC, datetime, time, timedelta

from bot.demo.cluster.controllers.hands import Hands, age, leaving, named, reference
from bot.demo.cluster.controllers.job import finished
from bot.demo.cluster.patches import merged
from bot.demo.cluster.registry import stamp
from bot.demo.cluster.values import Json

_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"
# First and last minute, hour, day, month and day of the week.
_SPANS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def reconcile(hands: Hands, it: Json) -> float | None:
    """Start the Job that is due, forget old ones, and return the seconds until the next is due."""
    spec, now, rest = it["spec"], hands.clock.now(), None
    jobs = sorted(hands.owned(it, "jobs.batch"), key=age)
    for kind, field in (("Complete", "successful"), ("Failed", "failed")):
        old = [job for job in jobs if finished(job) == kind]
        for job in old[: max(len(old) - spec[f"{field}JobsHistoryLimit"], 0)]:
            hands.delete(job, "Background")
            hands.tell(it, "SuccessfulDelete", f"Deleted job {job['metadata']['name']}")
    before: Json = it.get("status", {})
    last = before.get("lastScheduleTime")
    if not spec.get("suspend") and not leaving(it):
        due, following = None, datetime.fromisoformat(last or it["metadata"]["creationTimestamp"])
        try:
            # The last time that has come counts; others that were missed are let go.
            while (following := due_after(spec["schedule"], following)) <= now:
                due = following
        except ValueError as error:
            text = f'unparseable schedule: "{spec["schedule"]}" : {error}'
            hands.tell(it, "UnparseableSchedule", text, "Warning")
            return None
        if due is not None:
            last = stamp(due)
            jobs.append(_begin(hands, it, due))
        rest = (following - now).total_seconds()
    active = [named(job, "namespace", "resourceVersion") for job in jobs if not finished(job)]
    done = [job["status"].get("completionTime", "") for job in jobs if finished(job)]
    ended = max([*done, before.get("lastSuccessfulTime", "")])
    times = {"lastScheduleTime": last, "lastSuccessfulTime": ended or None}
    hands.report(it, times | {"active": active or None})
    return rest


def _begin(hands: Hands, it: Json, due: datetime) -> Json:
    name = f"{it['metadata']['name']}-{int(due.timestamp()) // 60}"
    hands.tell(it, "SuccessfulCreate", f"Created job {name}")
    about = {"name": name, "ownerReferences": [reference(it)], "annotations": {_AT: stamp(due)}}
    job = merged(it["spec"]["jobTemplate"], {"metadata": about})
    return hands.create("jobs.batch", it["metadata"]["namespace"], job)


def due_after(schedule: str, before: datetime) -> datetime:
    """Return the next time that the schedule means, in UTC.

    Its fields are numbers, `*`, `1-5`, `*/10`, and lists of them. Raises ValueError: it cannot be
    read, or means no day of the next eight years.
    """
    words = zip(schedule.split(), _SPANS, strict=True)
    minutes, hours, days, months, weekdays = (_values(word, *span) for word, span in words)
    # One of both is enough when both are restricted.
    either = len(days) < 31 and len(weekdays) < 7
    for number in range(8 * 366):
        day = (before + timedelta(days=number)).date()
        fits = day.day in days, day.isoweekday() % 7 in weekdays
        if day.month in months and (any(fits) if either else all(fits)):
            times = (time(hour, minute, tzinfo=UTC) for hour in hours for minute in minutes)
            for due in (datetime.combine(day, each) for each in times):
                if due > before:
                    return due
    raise ValueError(f"never due: {schedule}")


def _values(word: str, first: int, last: int) -> list[int]:
    found: set[int] = set()
    for part in word.split(","):
        span, _, step = part.partition("/")
        low, dash, high = span.partition("-")
        begin = first if low == "*" else int(low)
        end = int(high) if dash else last if low == "*" or step else begin
        found.update(range(begin, end + 1, int(step or 1)))
    return sorted(found)


CONTROLLERS = [("cronjobs.batch", reconcile, {"jobs.batch": Hands.keeper})]
