"""What Prometheus and Alertmanager are told, as documents. Pure.

Whatever is found through the API server is scraped at the exporter: no address of a pod is ever
dialled. What a target's own address would have been is its label `instance`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.ports import LOOPBACK

Document = dict[str, Any]

SECOND = "1s"
EXTERNAL = {"cluster": "quarterdeck"}
"""Labels of alerts that leave Prometheus."""
PORTS = ("exporter", "prometheus", "alertmanager")
# Where the exporter has what the pod or node would answer.
POD_PATH, NODE_PATH = "/pods/$1/$2/metrics", "/nodes/$1/metrics/cadvisor"


def prometheus(server: str, home: Path, ports: Mapping[str, int]) -> Document:
    """Return Prometheus' configuration; the files that it names stand in `home`."""
    at = {name: f"{LOOPBACK}:{port}" for name, port in ports.items()}
    alertmanager = [{"targets": [at["alertmanager"]]}]
    return {
        "global": {
            "scrape_interval": SECOND,
            "scrape_timeout": SECOND,
            "evaluation_interval": SECOND,
            "external_labels": EXTERNAL,
        },
        "rule_files": ["rules.yaml"],
        "alerting": {"alertmanagers": [{"static_configs": alertmanager}]},
        "scrape_configs": [
            {"job_name": "prometheus", **_own(at["prometheus"]), **NATIVE},
            {"job_name": "alertmanager", **_own(at["alertmanager"])},
            {"job_name": "kube-state-metrics", "honor_labels": True, **_own(at["exporter"])},
            {
                "job_name": "cadvisor",
                "honor_labels": True,
                **TIMED,
                "kubernetes_sd_configs": [_discovery("node", server, home)],
                "relabel_configs": [
                    _label("instance", "address_InternalIP", prefix="node_"),
                    _label("node", "name", prefix="node_"),
                    _label("__metrics_path__", "name", prefix="node_", replacement=NODE_PATH),
                    {"target_label": "__address__", "replacement": at["exporter"]},
                ],
            },
            {
                "job_name": "pods",
                **NATIVE,
                **TIMED,
                "kubernetes_sd_configs": [_discovery("pod", server, home)],
                "relabel_configs": [*POD_LABELS, _address(at["exporter"])],
            },
        ],
    }


NATIVE = {"scrape_native_histograms": True, "always_scrape_classic_histograms": True}
TIMED = {"track_timestamps_staleness": True}
"""Of what says itself when it was so: it ends with its pod all the same."""


def _own(address: str) -> Document:
    return {"static_configs": [{"targets": [address]}]}


def _discovery(role: str, server: str, home: Path) -> Document:
    return {
        "role": role,
        "api_server": server,
        "authorization": {"credentials_file": str(home / "prometheus.token")},
        "tls_config": {"ca_file": str(home / "ca.crt")},
    }


def _label(target: str, *sources: str, prefix: str = "pod_", **more: str) -> Document:
    found = [f"__meta_kubernetes_{prefix}{source}" for source in sources]
    # What is not there leaves the label as it was.
    return {"source_labels": found, "regex": "(.+)", "target_label": target, **more}


def _address(exporter: str) -> Document:
    return {"target_label": "__address__", "replacement": exporter}


def _drop(source: str, regex: str) -> Document:
    return {"source_labels": [f"__meta_kubernetes_{source}"], "regex": regex, "action": "drop"}


POD_LABELS = (
    _drop("pod_phase", "Succeeded|Failed"),
    _drop("pod_container_init", "true"),
    _label("instance", "ip"),
    _label("namespace", "namespace", prefix=""),
    _label("pod", "name"),
    _label("node", "node_name"),
    _label("job", "label_app"),
    _label("pod_template_hash", "label_pod_template_hash"),
    {
        "source_labels": ["__meta_kubernetes_namespace", "__meta_kubernetes_pod_name"],
        "separator": "/",
        "regex": "(.+)/(.+)",
        "target_label": "__metrics_path__",
        "replacement": POD_PATH,
    },
)
"""Targets of two containers of a pod are one by these, since no label tells them apart."""

ERROR_RATIO = (
    'sum by (namespace, job) (rate(http_requests_total{code=~"5.."}[30s]))'
    " / sum by (namespace, job) (rate(http_requests_total[30s]))"
)
RULES: Document = {
    "groups": [
        {
            "name": "shop.rules",
            "rules": [
                {
                    "record": "namespace_job:http_requests:rate30s",
                    "expr": "sum by (namespace, job) (rate(http_requests_total[30s]))",
                },
                {"record": "namespace_job:http_errors:ratio_rate30s", "expr": ERROR_RATIO},
            ],
        },
        {
            "name": "shop.alerts",
            "rules": [
                {
                    "alert": "ErrorsHigh",
                    "expr": "namespace_job:http_errors:ratio_rate30s > 0.1",
                    "for": "3s",
                    "labels": {"severity": "page"},
                    "annotations": {
                        "summary": "{{ $labels.job }} answers "
                        "{{ $value | humanizePercentage }} of its requests with an error."
                    },
                },
                {
                    "alert": "TargetDown",
                    "expr": "up == 0",
                    "for": "2s",
                    "labels": {"severity": "warning"},
                    "annotations": {"summary": "{{ $labels.pod }} does not answer."},
                },
                {
                    "alert": "CrashLoop",
                    "expr": "kube_pod_container_status_waiting_reason"
                    '{reason="CrashLoopBackOff"} == 1',
                    "for": "2s",
                    "labels": {"severity": "warning"},
                    "annotations": {"summary": "{{ $labels.pod }} crashes."},
                },
                {
                    "alert": "ReplicasMissing",
                    "expr": "kube_deployment_status_replicas_ready < kube_deployment_spec_replicas",
                    "for": "1h",  # longer than any run: it stays pending
                    "labels": {"severity": "warning"},
                },
            ],
        },
    ]
}
ALERTMANAGER: Document = {
    "route": {
        "receiver": "nobody",
        "group_by": ["alertname", "namespace"],
        "group_wait": SECOND,
        "group_interval": SECOND,
        "repeat_interval": "1h",
    },
    "receivers": [{"name": "nobody"}],
}
