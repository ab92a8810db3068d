"""Which kinds have a description of their own."""

from collections.abc import Mapping

from bot.core.ports import Resource
from bot.kube.describe import config, generic, pods, storage, workloads
from bot.kube.describe.subject import Description

_DESCRIPTIONS: Mapping[tuple[str, str], Description] = {
    ("", "ConfigMap"): config.CONFIG_MAP,
    ("", "PersistentVolume"): storage.VOLUME,
    ("", "PersistentVolumeClaim"): storage.CLAIM,
    ("", "Pod"): pods.POD,
    ("", "ReplicationController"): workloads.REPLICATION_CONTROLLER,
    ("", "Secret"): config.SECRET,
    ("apps", "DaemonSet"): workloads.DAEMON_SET,
    ("apps", "Deployment"): workloads.DEPLOYMENT,
    ("apps", "ReplicaSet"): workloads.REPLICA_SET,
    ("apps", "StatefulSet"): workloads.STATEFUL_SET,
    ("batch", "CronJob"): workloads.CRON_JOB,
    ("batch", "Job"): workloads.JOB,
}


def description_of(resource: Resource) -> Description:
    """Return how objects of this type are described."""
    return _DESCRIPTIONS.get((resource.group, resource.kind), generic.DESCRIPTION)
