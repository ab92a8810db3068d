"""Objects that are created: what defaults and admission make of them (filled.yaml)."""

from pathlib import Path

import yaml

from tests.conformance.cluster.case import Case
from tests.conformance.cluster.writing import CORE, create, patch, service, update

_DEFAULTS = yaml.load(Path(__file__).with_name("filled.yaml").read_text("utf-8"), yaml.CSafeLoader)
_SERVICE = f"{CORE}/services/a"
CASES = (
    *(
        Case(sentence, tuple(create(each, "?dryRun=All") for each in items))
        for sentence, items in _DEFAULTS.items()
    ),
    Case(
        "a service that is replaced keeps its address",
        (create(service("a"), keep=()), update(service("a", selector={"app": "b"}))),
    ),
    Case(
        "a service that becomes one on nodes gets ports there, and gives them back",
        (
            create(service("a"), keep=()),
            patch(
                _SERVICE, {"spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 31911}]}}
            ),
            patch(_SERVICE, {"spec": {"type": "LoadBalancer"}}),
            patch(_SERVICE, {"spec": {"type": "ClusterIP"}}),
        ),
    ),
)
