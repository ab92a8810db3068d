"""What is scraped of a simulated cluster, every fifteen seconds, and by which targets.

The jobs and labels are those of the real test bed: kube-state-metrics, a cAdvisor on each node,
and the pods' own programs.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from bot.demo.cluster.metrics import measured
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.values import Json, at, found
from bot.demo.prometheus import state, traffic
from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.state import Row, Told
from bot.demo.prometheus.values import NAME, Labels

INTERVAL = 15
"""Seconds between two scrapes."""
_TOLD = {
    "pods": "pods", "deployments": "deployments.apps", "replicasets": "replicasets.apps",
    "nodes": "nodes",
}  # fmt: skip
_EXPORTER = "kube-state-metrics:8080"
_UNREADY = "server returned HTTP status 503 Service Unavailable"
_META = "__meta_kubernetes_"


@dataclass(frozen=True, slots=True)
class Target:
    """What is scraped, as it was discovered."""

    pool: str
    url: str
    labels: Told
    discovered: Told = field(default_factory=dict)
    rows: Iterable[Row] = ()
    error: str = ""


class Scraper:
    """What fills the store from the cluster."""

    def __init__(self, registry: Registry, store: Store) -> None:
        self._registry, self._store = registry, store
        self._since: dict[str, float] = {}
        self._there: set[Labels] = set()
        self.targets: list[Target] = []
        """Those of the last scrape."""
        self.dropped: list[Told] = []
        """What was discovered and is not scraped."""
        self.scraped = 0
        """When that was, in milliseconds."""

    def remember(self, moment: int, seconds: int) -> None:
        """Fill in what was before, as if all that is there had been there for so long."""
        first = moment - seconds * 1000
        for pod in self._registry.store.list("pods"):
            self._since[pod["metadata"]["uid"]] = first / 1000
        times = array("q", range(first, moment, INTERVAL * 1000))
        for labels, value in self._found():
            series = self._store.series(labels)
            series.times.extend(times)
            if callable(value):
                series.values.extend([value(each / 1000) for each in times])
            else:
                series.values.extend(array("d", [value]) * len(times))

    def scrape(self, moment: int) -> None:
        """Add a sample of all that is there now; what is there no longer has ended."""
        now: set[Labels] = set()
        for labels, value in self._found():
            amount = value(moment / 1000) if callable(value) else value
            self._store.append(labels, moment, float(amount))
            now.add(labels)
        for gone in self._there - now:
            self._store.series(gone).ends.append(moment)
        self._there, self.scraped = now, moment
        self._store.sweep(moment)

    def _found(self) -> Iterator[tuple[Labels, state.Amount]]:
        self.targets = list(chain(self._state(), self._nodes(), self._pods()))
        for target in self.targets:
            yield Labels({NAME: "up", **target.labels}), float(not target.error)
            for name, labels, value in target.rows if not target.error else ():
                told = {label: text for label, text in labels.items() if text}
                yield Labels({NAME: name, **target.labels, **told}), value

    def _state(self) -> Iterator[Target]:
        listed = ((plural, self._registry.store.list(name)) for plural, name in _TOLD.items())
        told = chain.from_iterable(state.rows(p, each) for p, items in listed for each in items)
        labels = {"job": "kube-state-metrics", "instance": _EXPORTER}
        discovered = {"__address__": _EXPORTER, "job": "kube-state-metrics"}
        url = f"http://{_EXPORTER}/metrics"
        yield Target("kube-state-metrics", url, labels, discovered, list(told))

    def _nodes(self) -> Iterator[Target]:
        pods = {
            (each["metadata"]["namespace"], each["metadata"]["name"]): each
            for each in self._registry.store.list("pods")
        }
        used = measured(self._registry, self._registry.kinds["pods"], "")
        for node in self._registry.store.list("nodes"):
            name = node["metadata"]["name"]
            rows: list[Row] = list(state.of_machine(node))
            for each in used:
                pod = pods[each["metadata"]["namespace"], each["metadata"]["name"]]
                if pod["spec"]["nodeName"] == name:
                    rows += state.of_containers(pod, each, self._started(pod))
            address = next(
                iter(found(node, '.status.addresses[?(@.type=="InternalIP")].address')), ""
            )
            labels = {"job": "cadvisor", "instance": f"{address}:10250", "node": name}
            discovered = {"__address__": f"{address}:10250", f"{_META}node_name": name}
            url = f"https://{address}:10250/metrics/cadvisor"
            yield Target("cadvisor", url, labels, discovered, rows)

    def _pods(self) -> Iterator[Target]:
        self.dropped = []
        for pod in self._registry.store.list("pods"):
            # Without an address, Prometheus does not discover a pod.
            if not (address := at(pod, "status.podIP")):
                continue
            discovered = _discovered(pod)
            if at(pod, "status.phase") in ("Succeeded", "Failed"):
                self.dropped.append(discovered)
                continue
            ready = found(pod, '.status.conditions[?(@.type=="Ready")].status') == ["True"]
            rows = list(traffic.rows(pod, self._started(pod))) if ready else ()
            url, error = f"http://{address}:8080/metrics", "" if ready else _UNREADY
            yield Target("pods", url, _labels(pod), discovered, rows, error)

    def _started(self, pod: Json) -> float:
        started = datetime.fromisoformat(pod["status"]["startTime"]).timestamp()
        return self._since.get(pod["metadata"]["uid"], started)


def _labels(pod: Json) -> Told:
    metadata, labels = pod["metadata"], pod["metadata"].get("labels", {})
    told = {
        "instance": pod["status"]["podIP"],
        "job": labels.get("app", "pods"),
        "namespace": metadata["namespace"],
        "node": pod["spec"]["nodeName"],
        "pod": metadata["name"],
        "pod_template_hash": labels.get("pod-template-hash", ""),
    }
    return {name: value for name, value in told.items() if value}


def _discovered(pod: Json) -> Told:
    metadata, status = pod["metadata"], pod["status"]
    owner: Json = next(iter(metadata.get("ownerReferences", ())), {})
    ready = found(pod, '.status.conditions[?(@.type=="Ready")].status') == ["True"]
    told = {
        "namespace": metadata["namespace"],
        "pod_controller_kind": owner.get("kind", ""),
        "pod_controller_name": owner.get("name", ""),
        "pod_ip": status["podIP"],
        "pod_label_app": metadata.get("labels", {}).get("app", ""),
        "pod_name": metadata["name"],
        "pod_node_name": at(pod, "spec.nodeName", ""),
        "pod_phase": status["phase"],
        "pod_ready": str(ready).lower(),
        "pod_uid": metadata["uid"],
    }
    return {
        "__address__": f"{status['podIP']}:8080",
        "__metrics_path__": "/metrics",
        "__scheme__": "http",
        **{f"{_META}{name}": value for name, value in told.items()},
        "job": "pods",
    }
