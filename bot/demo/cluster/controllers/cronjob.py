"""CronJobs: a Job whenever the schedule says so."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.demo.cluster.controllers.calendar import schedule
from bot.demo.cluster.controllers.events import Told, tell
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.job import finished
from bot.demo.cluster.controllers.objects import age, leaving, moment, reference
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.registry import stamp
from bot.demo.cluster.store import Key

_SOURCE = "cronjob-controller"
_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"


def reconcile(hands: Hands, key: Key) -> float | None:
    """Start the Job that is due, forget old ones, and wait until the next is due."""
    it = hands.find(key)
    if it is None:
        return None
    jobs = sorted(hands.owned(it, "jobs.batch"), key=age)
    it = _settle(hands, it, jobs)
    if leaving(it):
        return None
    _forget(hands, it, jobs)
    if it["spec"].get("suspend"):
        return None
    try:
        plan = schedule(it["spec"]["schedule"])
    except ValueError as error:
        text = f'unparseable schedule: "{it["spec"]["schedule"]}" : {error}'
        tell(hands, _SOURCE, it, Told("UnparseableSchedule", text, "Warning"))
        return None
    zone, now = ZoneInfo(it["spec"].get("timeZone") or "UTC"), hands.clock.now()
    last = it.get("status", {}).get("lastScheduleTime") or it["metadata"]["creationTimestamp"]
    due, following = None, plan.after(moment(last), zone)
    # Only the last of those that were missed is made up for.
    while following is not None and following <= now:
        due, following = following, plan.after(following, zone)
    if due is not None:
        _begin(hands, it, due, now)
    return (following - now).total_seconds() if following else None


def _settle(hands: Hands, it: JsonObject, jobs: list[JsonObject]) -> JsonObject:
    """Take Jobs that have ended out of the active ones, and tell of it."""
    status = it.get("status", {})
    ends = {job["metadata"]["uid"]: finished(job) for job in jobs}
    for each in status.get("active", ()):
        if each["uid"] not in ends:
            tell(hands, _SOURCE, it, Told("MissingJob", f"Active job went missing: {each['name']}"))
        elif end := ends[each["uid"]]:
            text = f"Saw completed job: {each['name']}, condition: {end}"
            tell(hands, _SOURCE, it, Told("SawCompletedJob", text))
    active = [each for each in status.get("active", ()) if ends.get(each["uid"]) == ""]
    times = [job["status"]["completionTime"] for job in jobs if finished(job) == "Complete"]
    last = max([*times, status.get("lastSuccessfulTime", "")])
    return hands.report(it, {"active": active or None, "lastSuccessfulTime": last or None})


def _forget(hands: Hands, it: JsonObject, jobs: list[JsonObject]) -> None:
    for kind, field, usual in (
        ("Complete", "successfulJobsHistoryLimit", 3),
        ("Failed", "failedJobsHistoryLimit", 1),
    ):
        old = [job for job in jobs if finished(job) == kind and not leaving(job)]
        for job in old[: max(len(old) - it["spec"].get(field, usual), 0)]:
            _delete(hands, it, job)


def _delete(hands: Hands, it: JsonObject, job: JsonObject) -> None:
    hands.delete(job, "Background")
    tell(hands, _SOURCE, it, Told("SuccessfulDelete", f"Deleted job {job['metadata']['name']}"))


def _begin(hands: Hands, it: JsonObject, due: datetime, now: datetime) -> None:
    spec, active = it["spec"], it.get("status", {}).get("active", [])
    deadline = spec.get("startingDeadlineSeconds")
    if deadline is not None and (now - due).total_seconds() > deadline:
        text = f"Missed scheduled time to start a job: {due:%a, %d %b %Y %H:%M:%S +0000}"
        tell(hands, _SOURCE, it, Told("MissSchedule", text, "Warning"))
        return
    if active and spec.get("concurrencyPolicy") == "Forbid":
        text = (
            "Not starting job because prior execution is running and concurrency policy is Forbid"
        )
        tell(hands, _SOURCE, it, Told("JobAlreadyActive", text))
        return
    namespace = it["metadata"]["namespace"]
    if spec.get("concurrencyPolicy") == "Replace":
        for each in active:
            if job := hands.find(Key("jobs.batch", namespace, each["name"])):
                _delete(hands, it, job)
        active = []
    given = spec["jobTemplate"].get("metadata", {})
    zone = ZoneInfo(spec["timeZone"]) if spec.get("timeZone") else UTC
    at = due.astimezone(zone).isoformat().replace("+00:00", "Z")
    job = hands.create("jobs.batch", namespace, {
        "metadata": {
            "name": f"{it['metadata']['name']}-{int(due.timestamp()) // 60}",
            "labels": given.get("labels", {}),
            "annotations": given.get("annotations", {}) | {_AT: at},
            "ownerReferences": [reference(it)],
        },
        "spec": spec["jobTemplate"]["spec"],
    })  # fmt: skip
    tell(hands, _SOURCE, it, Told("SuccessfulCreate", f"Created job {job['metadata']['name']}"))
    kept = ("name", "namespace", "uid", "resourceVersion")
    link = {"kind": "Job", "apiVersion": "batch/v1"} | {key: job["metadata"][key] for key in kept}
    hands.report(it, {"active": [*active, link], "lastScheduleTime": stamp(due)})
