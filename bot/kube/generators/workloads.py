"""`create deployment`, `create job` and `create cronjob`.

Pure.
"""

from collections.abc import Callable, Sequence

from bot.core.errors import UsageError
from bot.core.ports import JsonObject
from bot.kube.generators.objects import CRON_JOB, DEPLOYMENT, JOB, Generated, generated, metadata


def deployment(
    name: str,
    images: Sequence[str],
    command: Sequence[str],
    *,
    port: int,
    replicas: int,
    suffix: Callable[[], str],
) -> Generated:
    """Return a Deployment of those images; a negative port is none.

    `suffix` makes each container's name that had to be changed one of its own.

    Raises:
        UsageError: there are several images and a command.
    """
    if len(images) > 1 and command:
        raise UsageError("error: cannot specify multiple --image options and command")
    containers = [_container(_name_of(image, suffix), image, command) for image in images]
    if port >= 0 and containers:
        containers[0] = _with_port(containers[0], port)
    labels = {"app": name}
    template = {"metadata": metadata("", labels=labels), "spec": {"containers": containers}}
    return generated(
        DEPLOYMENT,
        metadata(name, labels=labels),
        spec={
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": template,
            "strategy": {},
        },
        status={},
    )


def job(name: str, image: str, command: Sequence[str]) -> Generated:
    """Return a Job of one container."""
    spec = _job_spec(name, image, command, "Never")
    return generated(JOB, metadata(name), spec=spec, status={})


def job_of(name: str, cron_job: JsonObject) -> Generated:
    """Return the Job that a CronJob would start now; the CronJob owns it."""
    template = cron_job["spec"]["jobTemplate"]
    given = template.get("metadata") or {}
    # What the template says of itself comes last, and wins.
    annotations = {"cronjob.kubernetes.io/instantiate": "manual", **given.get("annotations", {})}
    about = metadata(name, labels=given.get("labels") or {}, annotations=annotations)
    owner = {
        "apiVersion": CRON_JOB.api_version,
        "kind": CRON_JOB.kind,
        "name": cron_job["metadata"]["name"],
        "uid": cron_job["metadata"]["uid"],
        "controller": True,
    }
    about["ownerReferences"] = [owner]
    return generated(JOB, about, spec=template["spec"], status={})


def cron_job(
    name: str, image: str, command: Sequence[str], *, schedule: str, restart: str
) -> Generated:
    """Return a CronJob of one container."""
    spec = _job_spec(name, image, command, restart or "OnFailure")
    template = {"metadata": metadata(name), "spec": spec}
    return generated(
        CRON_JOB,
        metadata(name),
        spec={"schedule": schedule, "jobTemplate": template},
        status={},
    )


def _job_spec(name: str, image: str, command: Sequence[str], restart: str) -> JsonObject:
    pod = {"containers": [_container(name, image, command)], "restartPolicy": restart}
    return {"template": {"metadata": {}, "spec": pod}}


def _container(name: str, image: str, command: Sequence[str]) -> JsonObject:
    found: JsonObject = {"name": name} | ({"image": image} if image else {})
    return found | ({"command": list(command)} if command else {}) | {"resources": {}}


def _with_port(container: JsonObject, port: int) -> JsonObject:
    resources = container.pop("resources")
    return container | {"ports": [{"containerPort": port}], "resources": resources}


def _name_of(image: str, suffix: Callable[[], str]) -> str:
    """Return a container's name for its image: the last part, without tag and digest."""
    name = image.rpartition("/")[2].partition(":")[0].partition("@")[0]
    if "_" not in name and "." not in name:
        return name
    return f"{name.replace('_', '-').replace('.', '-')}-{suffix()}"
