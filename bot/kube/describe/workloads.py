"""What makes pods: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs."""

from collections.abc import Callable, Mapping, Sequence

from bot.core.ports import JsonObject
from bot.core.units import human_duration, parse_quantity
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.pods import selector_text, template
from bot.kube.describe.subject import Description, Found, Need, Subject
from bot.kube.history import newest_replica_set, owned
from bot.kube.jsonpath.values import general
from bot.kube.pods import label_selector, selector_of

# As many characters of a Job's completed indexes are shown, and the number that they end in.
_INDEXES = 50
_CLASS = "volume.beta.kubernetes.io/storage-class"


def _deployment(w: Lines, subject: Subject) -> None:
    spec, status = subject.spec, subject.status
    _named(w, subject, created=True)
    _marked(w, subject)
    w.line(0, "Selector:", label_selector(spec.get("selector") or {}))
    counts = " | ".join(
        f"{status.get(f'{name}Replicas' if name else 'replicas', 0)} {word}"
        for name, word in _COUNTS
    )
    w.line(0, "Replicas:", f"{spec.get('replicas', 0)} desired | {counts}")
    strategy = spec.get("strategy") or {}
    w.line(0, "StrategyType:", strategy.get("type", ""))
    w.line(0, "MinReadySeconds:", spec.get("minReadySeconds", 0))
    if (rolling := strategy.get("rollingUpdate")) is not None:
        most, over = rolling.get("maxUnavailable", "<nil>"), rolling.get("maxSurge", "<nil>")
        w.line(0, "RollingUpdateStrategy:", f"{most} max unavailable, {over} max surge")
    template(w, spec.get("template"))
    _conditions(w, status)
    _replica_sets(w, subject)
    blocks.events(w, subject.events, subject.now)


_COUNTS = (
    ("updated", "updated"),
    ("", "total"),
    ("available", "available"),
    ("unavailable", "unavailable"),
)


def _replica_sets(w: Lines, subject: Subject) -> None:
    mine = owned(subject.item, subject.found["sets"].items)
    newest = newest_replica_set(subject.item, mine)
    old = [each for each in mine if each is not newest]
    if mine:
        w.line(0, "OldReplicaSets:", _created(old))
        w.line(0, "NewReplicaSet:", _created([newest] if newest else []))


def _created(sets: Sequence[JsonObject]) -> str:
    shown = (
        f"{blocks.name(each)} ({(each.get('status') or {}).get('replicas', 0)}"
        f"/{each['spec'].get('replicas', 0)} replicas created)"
        for each in sets
    )
    return ", ".join(shown) or blocks.NONE


def _replica_set(w: Lines, subject: Subject) -> None:
    spec, status = subject.spec, subject.status
    _named(w, subject)
    w.line(0, "Selector:", selector_text(spec.get("selector")))
    _marked(w, subject)
    if owner := blocks.controller(subject.item):
        w.line(0, "Controlled By:", owner)
    _current(w, spec, status)
    _pods_status(w, subject, tolerant=True)
    template(w, spec.get("template"))
    _conditions(w, status)
    blocks.events(w, subject.events, subject.now)


def _replication_controller(w: Lines, subject: Subject) -> None:
    spec, status = subject.spec, subject.status
    _named(w, subject)
    w.line(0, "Selector:", selector_of(subject.item) or blocks.NONE)
    _marked(w, subject)
    _current(w, spec, status)
    _pods_status(w, subject)
    template(w, spec.get("template"))
    _conditions(w, status)
    blocks.events(w, subject.events, subject.now)


def _current(w: Lines, spec: JsonObject, status: JsonObject) -> None:
    w.line(
        0, "Replicas:", f"{status.get('replicas', 0)} current / {spec.get('replicas', 0)} desired"
    )


def _stateful_set(w: Lines, subject: Subject) -> None:
    spec, status = subject.spec, subject.status
    _named(w, subject, created=True)
    w.line(0, "Selector:", label_selector(spec.get("selector") or {}))
    _marked(w, subject)
    for title, field in (
        ("Service Name", "serviceName"),
        ("Pod Management Policy", "podManagementPolicy"),
    ):
        if spec.get(field):
            w.line(0, f"{title}:", spec[field])
    wanted = spec.get("replicas", 0)
    w.line(0, "Replicas:", f"{wanted} desired | {status.get('replicas', 0)} total")
    strategy = spec.get("updateStrategy") or {}
    w.line(0, "Update Strategy:", strategy.get("type", ""))
    rolling = strategy.get("rollingUpdate") or {}
    if "partition" in rolling:
        w.line(1, "Partition:", rolling["partition"])
        if "maxUnavailable" in rolling:
            w.line(1, "MaxUnavailable:", rolling["maxUnavailable"])
    if (retention := spec.get("persistentVolumeClaimRetentionPolicy")) is not None:
        w.put(0, "Persistent Volume Claim Retention Policy:\n")
        w.line(1, "WhenDeleted:", retention.get("whenDeleted", ""))
        w.line(1, "WhenScaled:", retention.get("whenScaled", ""))
    _pods_status(w, subject)
    template(w, spec.get("template"))
    _claims(w, spec.get("volumeClaimTemplates") or ())
    blocks.events(w, subject.events, subject.now)


def _claims(w: Lines, templates: Sequence[JsonObject]) -> None:
    if not templates:
        w.line(0, "Volume Claims:", blocks.NONE)
        return
    w.put(0, "Volume Claims:\n")
    for claim in templates:
        spec = claim.get("spec") or {}
        w.line(1, "Name:", blocks.name(claim))
        w.line(1, "StorageClass:", storage_class(claim))
        for title in ("Labels", "Annotations"):
            blocks.labels(w, title, claim["metadata"].get(title.lower()), "  ")
        asked = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
        w.line(1, "Capacity:", "<default>" if asked is None else parse_quantity(str(asked)))
        w.line(1, "Access Modes:", general(spec.get("accessModes") or []))


def storage_class(claim: JsonObject) -> str:
    """Return the name of a claim's or volume's storage class, empty for none."""
    marks = claim["metadata"].get("annotations") or {}
    spec = claim.get("spec") or {}
    return str(marks[_CLASS] if _CLASS in marks else spec.get("storageClassName") or "")


def _daemon_set(w: Lines, subject: Subject) -> None:
    spec, status = subject.spec, subject.status
    pods = ((spec.get("template") or {}).get("spec")) or {}
    _named(w, subject)
    w.line(0, "Selector:", label_selector(spec.get("selector") or {}))
    w.line(0, "Node-Selector:", blocks.joined(pods.get("nodeSelector")))
    _marked(w, subject)
    for title, field in _NODES:
        w.put(0, f"{title}: {status.get(field, 0)}\n")
    _pods_status(w, subject)
    template(w, spec.get("template"))
    blocks.events(w, subject.events, subject.now)


_NODES = (
    ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
    ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
    ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
    ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
    ("Number of Nodes Misscheduled", "numberMisscheduled"),
)


def _job(w: Lines, subject: Subject) -> None:
    spec, status = subject.spec, subject.status
    _named(w, subject)
    w.line(0, "Selector:", label_selector(spec.get("selector") or {}))
    _marked(w, subject)
    if owner := blocks.controller(subject.item):
        w.line(0, "Controlled By:", owner)
    _job_settings(w, spec)
    started, ended = status.get("startTime"), status.get("completionTime")
    if started:
        w.line(0, "Start Time:", blocks.when(started))
    if ended:
        w.line(0, "Completed At:", blocks.when(ended))
    begin, end = blocks.moment(started), blocks.moment(ended)
    if begin and end:
        w.line(0, "Duration:", human_duration((end - begin).total_seconds()))
    if spec.get("activeDeadlineSeconds") is not None:
        w.line(0, "Active Deadline Seconds:", f"{spec['activeDeadlineSeconds']}s")
    active, ready = status.get("active", 0), status.get("ready")
    running = f"{active} Active" if ready is None else f"{active} Active ({ready} Ready)"
    done, failed = status.get("succeeded", 0), status.get("failed", 0)
    w.line(0, "Pods Statuses:", f"{running} / {done} Succeeded / {failed} Failed")
    if spec.get("completionMode") == "Indexed":
        w.line(0, "Completed Indexes:", _indexes(status.get("completedIndexes") or ""))
    template(w, spec.get("template"))
    blocks.events(w, subject.events, subject.now)


def _job_settings(w: Lines, spec: JsonObject) -> None:
    if spec.get("parallelism") is not None:
        w.line(0, "Parallelism:", spec["parallelism"])
    w.line(0, "Completions:", _or_unset(spec.get("completions")))
    for title, field in (
        ("Completion Mode", "completionMode"),
        ("Suspend", "suspend"),
        ("Backoff Limit", "backoffLimit"),
        ("TTL Seconds After Finished", "ttlSecondsAfterFinished"),
    ):
        if spec.get(field) is not None:
            w.line(0, f"{title}:", general(spec[field]))


def _indexes(text: str) -> str:
    if not text:
        return blocks.NONE
    end = text.find(",", _INDEXES)
    return text if end < 0 else f"{text[: end + 1]}..."


def _cron_job(w: Lines, subject: Subject) -> None:
    spec, status = subject.spec, subject.status
    _named(w, subject)
    _marked(w, subject)
    w.line(0, "Schedule:", spec.get("schedule", ""))
    w.line(0, "Concurrency Policy:", spec.get("concurrencyPolicy", ""))
    suspend = spec.get("suspend")
    w.line(0, "Suspend:", "<unset>" if suspend is None else blocks.yes(suspend))
    w.line(0, "Time Zone:", _or_unset(spec.get("timeZone")))
    w.line(0, "Successful Job History Limit:", _or_unset(spec.get("successfulJobsHistoryLimit")))
    w.line(0, "Failed Job History Limit:", _or_unset(spec.get("failedJobsHistoryLimit")))
    late = spec.get("startingDeadlineSeconds")
    w.line(0, "Starting Deadline Seconds:", "<unset>" if late is None else f"{late}s")
    _job_template(w, (spec.get("jobTemplate") or {}).get("spec") or {})
    last = status.get("lastScheduleTime")
    w.line(0, "Last Schedule Time:", blocks.when(last) if last else "<unset>")
    active = ", ".join(job.get("name", "") for job in status.get("active") or ())
    w.line(0, "Active Jobs:", active or blocks.NONE)
    blocks.events(w, subject.events, subject.now)


def _job_template(w: Lines, spec: JsonObject) -> None:
    selector = spec.get("selector")
    w.line(0, "Selector:", "<unset>" if selector is None else label_selector(selector))
    w.line(0, "Parallelism:", _or_unset(spec.get("parallelism")))
    w.line(0, "Completions:", _or_unset(spec.get("completions")))
    if spec.get("activeDeadlineSeconds") is not None:
        w.line(0, "Active Deadline Seconds:", f"{spec['activeDeadlineSeconds']}s")
    template(w, spec.get("template"))


def _or_unset(value: object) -> object:
    return "<unset>" if value is None else value


def _named(w: Lines, subject: Subject, *, created: bool = False) -> None:
    blocks.head(w, subject.item)
    if created:
        w.line(0, "CreationTimestamp:", blocks.when(subject.metadata.get("creationTimestamp")))


def _marked(w: Lines, subject: Subject) -> None:
    blocks.labels(w, "Labels", subject.metadata.get("labels"))
    blocks.annotations(w, "Annotations", subject.metadata.get("annotations"))


def _conditions(w: Lines, status: JsonObject) -> None:
    if conditions := status.get("conditions"):
        w.put(0, "Conditions:\n  Type\tStatus\tReason\n")
        w.put(1, "----\t------\t------\n")
        for one in conditions:
            w.put(1, f"{one['type']} \t{one['status']}\t{one.get('reason', '')}\n")


def _pods_status(w: Lines, subject: Subject, *, tolerant: bool = False) -> None:
    found = subject.found["pods"]
    if found.error is not None:
        if not tolerant:
            raise found.error
        w.line(0, "Pods Status:", f"error in fetching pods: {blocks.bare(found.error)}")
        return
    phases = [(each.get("status") or {}).get("phase") for each in _controlled(subject, found)]
    words = " / ".join(f"{phases.count(phase)} {word}" for phase, word in _PHASES)
    w.line(0, "Pods Status:", words)


_PHASES = (
    ("Running", "Running"),
    ("Pending", "Waiting"),
    ("Succeeded", "Succeeded"),
    ("Failed", "Failed"),
)


def _controlled(subject: Subject, found: Found) -> Sequence[JsonObject]:
    return owned(subject.item, found.items)


def _pods_of(item: JsonObject) -> Mapping[str, Need]:
    return {"pods": Need("pods", labels=selector_of(item))}


def _sets_of(item: JsonObject) -> Mapping[str, Need]:
    return {"sets": Need("replicasets.apps", labels=selector_of(item))}


def _counting(write: Callable[[Lines, Subject], None]) -> Description:
    return Description(write, _pods_of)


DEPLOYMENT = Description(_deployment, _sets_of)
REPLICA_SET = _counting(_replica_set)
REPLICATION_CONTROLLER = _counting(_replication_controller)
STATEFUL_SET = _counting(_stateful_set)
DAEMON_SET = _counting(_daemon_set)
JOB = Description(_job)
CRON_JOB = Description(_cron_job)
