"""Which kinds have a description of their own."""

from collections.abc import Mapping

from bot.core.ports import Resource
from bot.kube.describe import (
    autoscaling,
    certificates,
    config,
    generic,
    limits,
    network,
    nodes,
    pods,
    policies,
    rights,
    storage,
    workloads,
)
from bot.kube.describe.subject import Description

_DESCRIPTIONS: Mapping[tuple[str, str], Description] = {
    ("", "ConfigMap"): config.CONFIG_MAP,
    ("", "Endpoints"): network.ENDPOINTS,
    ("", "LimitRange"): limits.RANGE,
    ("", "Namespace"): limits.NAMESPACE,
    ("", "Node"): nodes.NODE,
    ("", "PersistentVolume"): storage.VOLUME,
    ("", "PersistentVolumeClaim"): storage.CLAIM,
    ("", "Pod"): pods.POD,
    ("", "ReplicationController"): workloads.REPLICATION_CONTROLLER,
    ("", "ResourceQuota"): limits.QUOTA,
    ("", "Secret"): config.SECRET,
    ("", "Service"): network.SERVICE,
    ("", "ServiceAccount"): rights.SERVICE_ACCOUNT,
    ("apps", "DaemonSet"): workloads.DAEMON_SET,
    ("apps", "Deployment"): workloads.DEPLOYMENT,
    ("apps", "ReplicaSet"): workloads.REPLICA_SET,
    ("apps", "StatefulSet"): workloads.STATEFUL_SET,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaling.AUTOSCALER,
    ("batch", "CronJob"): workloads.CRON_JOB,
    ("batch", "Job"): workloads.JOB,
    ("certificates.k8s.io", "CertificateSigningRequest"): certificates.REQUEST,
    ("discovery.k8s.io", "EndpointSlice"): network.ENDPOINT_SLICE,
    ("networking.k8s.io", "IPAddress"): network.ADDRESS,
    ("networking.k8s.io", "Ingress"): network.INGRESS,
    ("networking.k8s.io", "IngressClass"): network.INGRESS_CLASS,
    ("networking.k8s.io", "NetworkPolicy"): policies.NETWORK_POLICY,
    ("networking.k8s.io", "ServiceCIDR"): network.SERVICE_RANGE,
    ("policy", "PodDisruptionBudget"): policies.BUDGET,
    ("rbac.authorization.k8s.io", "ClusterRole"): rights.ROLE,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): rights.BINDING,
    ("rbac.authorization.k8s.io", "Role"): rights.ROLE,
    ("rbac.authorization.k8s.io", "RoleBinding"): rights.BINDING,
    ("scheduling.k8s.io", "PriorityClass"): policies.PRIORITY_CLASS,
    ("storage.k8s.io", "CSINode"): storage.NODE_DRIVERS,
    ("storage.k8s.io", "StorageClass"): policies.STORAGE_CLASS,
    ("storage.k8s.io", "VolumeAttributesClass"): policies.ATTRIBUTES_CLASS,
}


def description_of(resource: Resource) -> Description:
    """Return how objects of this type are described."""
    return _DESCRIPTIONS.get((resource.group, resource.kind), generic.DESCRIPTION)
