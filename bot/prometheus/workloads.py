"""Which workloads the series of an answer are about, by the labels that Kubernetes gives. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.core.metrics import Reach
from bot.core.releases import Seen
from bot.prometheus.labels import Labels
from bot.prometheus.ranging import pinned


def workloads(
    series: Iterable[Labels], expression: str, reach: Reach, label: str
) -> Sequence[Seen]:
    """Return the workloads of each namespace; without a namespace nothing is known of them.

    What the expression aggregates away is taken from what its selectors ask for. `label` names a
    series' namespace.
    """
    asked = pinned(expression)
    own = reach.namespaces or ()
    default = asked.get(label) or (own[0] if len(own) == 1 else "")
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for labels in series:
        deployment, pod = (labels.get(one) or asked.get(one, "") for one in ("deployment", "pod"))
        found[labels.get(label) or default].append((deployment, pod))
    return [_seen(namespace, names) for namespace, names in found.items() if namespace]


def _seen(namespace: str, names: Sequence[tuple[str, str]]) -> Seen:
    if not all(deployment or pod for deployment, pod in names):
        return Seen(namespace)  # one of them is about all that is there
    deployments = frozenset(deployment for deployment, _ in names if deployment)
    pods = frozenset(pod for deployment, pod in names if pod and not deployment)
    return Seen(namespace, deployments, pods)
