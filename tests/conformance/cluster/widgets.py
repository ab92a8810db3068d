"""Objects that several rooms of cases make: held ones, pods of no node, widgets."""

from tests.conformance.cluster.case import Request, Until
from tests.conformance.cluster.writing import (
    APPS,
    CORE,
    Item,
    condition,
    config_map,
    count,
    create,
    item,
    patch,
)

MAPS = f"{CORE}/configmaps"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
# A pod on a node that is not there stays as it is: no kubelet starts or ends it.
NOWHERE = {"nodeName": "nowhere", "terminationGracePeriodSeconds": 600}
HELD = config_map("held", finalizers=["example.org/hold"])
RELEASE = patch(f"{MAPS}/held", {"metadata": {"finalizers": None}}, keep=())
TWO = item("v1", "Namespace", "{ns}-two")
IN_TWO = "/api/v1/namespaces/{ns}-two"
RULES = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
GROUP = "{ns}.example.org"
WIDGETS = f"/apis/{GROUP}/v1/namespaces/{{ns}}/widgets"
CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{ns}.example.org"
SCALE = f"{APPS}/deployments/web/scale"


def three(**labels: str) -> tuple[Request, ...]:
    """Create three ConfigMaps; `labels` gives some of them the label `app`."""
    return tuple(
        create(config_map(name, labels={"app": labels.get(name, "other")}), keep=())
        for name in ("one", "three", "two")
    )


def definition(*, status: bool = True, columns: bool = False) -> Item:
    """Return the definition of widgets, in a group of the case's own."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    size = {"name": "Size", "type": "integer", "jsonPath": ".spec.size"}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        **({"subresources": {"status": {}}} if status else {}),
        **({"additionalPrinterColumns": [size]} if columns else {}),
    }
    names = {
        "plural": "widgets",
        "singular": "widget",
        "kind": "Widget",
        "listKind": "WidgetList",
        "shortNames": ["wd"],
        "categories": ["all"],
    }
    return item(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        f"widgets.{GROUP}",
        spec={"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]},
    )


def widget(name: str, **parts: object) -> Item:
    """Return a widget."""
    return item(f"{GROUP}/v1", "Widget", name, **({"spec": {"size": 3}} | parts))


def defined(*, status: bool = True, columns: bool = False) -> tuple[Request | Until, ...]:
    """Define widgets, and wait until they are served."""
    return (
        create(definition(status=status, columns=columns), keep=()),
        Until(CRD, condition("Established"), keep=()),
        Until(WIDGETS, count(0), keep=()),
    )


def budget(name: str, **spec: object) -> Item:
    """Return a PodDisruptionBudget for the pods of `app: web`."""
    return item(
        "policy/v1",
        "PodDisruptionBudget",
        name,
        spec={"selector": {"matchLabels": {"app": "web"}}, **spec},
    )


def eviction(name: str, **parts: object) -> Item:
    """Return what evicts a pod."""
    return item("policy/v1", "Eviction", name, **parts)
