"""Kubernetes' own resource types by the names that people type, for questions without a cluster."""

# The type as the policy writes it, then its singular and short names (`kubectl api-resources`).
_TYPES = """
pods pod po
services service svc
configmaps configmap cm
secrets secret
serviceaccounts serviceaccount sa
namespaces namespace ns
nodes node no
events event ev
endpoints ep
limitranges limitrange limits
resourcequotas resourcequota quota
persistentvolumes persistentvolume pv
persistentvolumeclaims persistentvolumeclaim pvc
replicationcontrollers replicationcontroller rc
deployments.apps deployment deploy
statefulsets.apps statefulset sts
daemonsets.apps daemonset ds
replicasets.apps replicaset rs
jobs.batch job
cronjobs.batch cronjob cj
horizontalpodautoscalers.autoscaling horizontalpodautoscaler hpa
poddisruptionbudgets.policy poddisruptionbudget pdb
ingresses.networking.k8s.io ingress ing
networkpolicies.networking.k8s.io networkpolicy netpol
storageclasses.storage.k8s.io storageclass sc
leases.coordination.k8s.io lease
roles.rbac.authorization.k8s.io role
rolebindings.rbac.authorization.k8s.io rolebinding
clusterroles.rbac.authorization.k8s.io clusterrole
clusterrolebindings.rbac.authorization.k8s.io clusterrolebinding
customresourcedefinitions.apiextensions.k8s.io customresourcedefinition crd crds
certificatesigningrequests.certificates.k8s.io certificatesigningrequest csr
validatingwebhookconfigurations.admissionregistration.k8s.io validatingwebhookconfiguration
mutatingwebhookconfigurations.admissionregistration.k8s.io mutatingwebhookconfiguration
apiservices.apiregistration.k8s.io apiservice
"""
_CLUSTER_SCOPED = """
namespaces nodes persistentvolumes storageclasses.storage.k8s.io
clusterroles.rbac.authorization.k8s.io clusterrolebindings.rbac.authorization.k8s.io
customresourcedefinitions.apiextensions.k8s.io certificatesigningrequests.certificates.k8s.io
validatingwebhookconfigurations.admissionregistration.k8s.io
mutatingwebhookconfigurations.admissionregistration.k8s.io apiservices.apiregistration.k8s.io
"""
_NAMES = {
    name: whole
    for whole, *others in map(str.split, _TYPES.strip().splitlines())
    for name in (whole, whole.partition(".")[0], *others)
}


def resource_of(typed: str) -> str:
    """Return the type that `deploy` or `Deployment` names; an unknown one as it was typed."""
    name = typed.lower()
    return _NAMES.get(name, name)


def is_cluster_scoped(resource: str) -> bool:
    """Tell whether a type is known to belong to no namespace."""
    return resource in _CLUSTER_SCOPED.split()
