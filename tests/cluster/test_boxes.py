"""The simulated bed, and what measures it."""

import json
import urllib.request
from typing import Any

from tests.cluster.boxes import boxed_bed


def asked(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)


def test_a_simulated_bed_is_measured_while_somebody_asks_for_it() -> None:
    with boxed_bed() as bed:
        assert bed.observed is not None
        with bed.observed() as monitors:
            pods = f"{monitors.prometheus}/api/v1/label/pod/values?match[]=kube_pod_info"
            assert any(each.startswith("web-") for each in asked(pods)["data"])
            assert isinstance(asked(f"{monitors.alertmanager}/api/v2/alerts"), list)
            assert monitors.settings["QUARTERDECK_PROMETHEUS__URL"] == monitors.prometheus
