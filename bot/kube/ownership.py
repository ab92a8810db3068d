"""Who else looks after an object, and will set back what is changed on it by hand.

Pure. Marks: Argo CD's, Flux's and Helm's own documents.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.plan import Target
from bot.core.ports import JsonObject
from bot.kube.draining import controller_of

_ARGO_ID, _ARGO_LABEL = "argocd.argoproj.io/tracking-id", "argocd.argoproj.io/instance"
_FLUX = {
    "kustomization": "kustomize.toolkit.fluxcd.io",
    "helmrelease": "helm.toolkit.fluxcd.io",
}
_HELM, _HELM_NAMESPACE = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"


def keepers(target: Target, live: JsonObject, *, deleted: bool) -> list[str]:
    """Return a warning for each that will undo a change of the object, with what to do instead."""
    metadata = live.get("metadata") or {}
    labels, notes = metadata.get("labels") or {}, metadata.get("annotations") or {}
    return [*_keepers(labels, notes), *_owner(target, live, deleted=deleted)]


def _keepers(labels: Mapping[str, Any], notes: Mapping[str, Any]) -> Iterator[str]:
    if app := str(notes.get(_ARGO_ID, "")).partition(":")[0] or labels.get(_ARGO_LABEL):
        yield (
            f"Argo CD (app {app}) may undo this: change git, or go back with"
            f" `argocd app rollback {app}`."
        )
    for kind, mark in _FLUX.items():
        if name := labels.get(f"{mark}/name"):
            place = labels.get(f"{mark}/namespace", "flux-system")
            yield (
                f"Flux ({kind} {name}) will undo this: change git, or first"
                f" `flux suspend {kind} {name} -n {place}`."
            )
            return  # what Flux installs carries Helm's marks, too
    if release := notes.get(_HELM):
        place = notes.get(_HELM_NAMESPACE, "")
        where = f" -n {place}" if place else ""
        yield (
            f"Helm (release {release}) undoes this at its next upgrade: use"
            f" `helm upgrade` or `helm rollback {release}{where}`."
        )


def _owner(target: Target, live: JsonObject, *, deleted: bool) -> Iterator[str]:
    owner = controller_of(live) if live.get("metadata") else None
    if owner is None or target.resource == "pods":
        return
    name = f"{owner['kind'].lower()}/{owner['name']}"
    does = "makes it again" if deleted else "sets it back"
    yield f"{name} owns this and {does}: change {name} instead."
