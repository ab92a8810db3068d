"""An alert is pending for its `for`, fires, and fires on for its `keep_firing_for`."""

from collections.abc import Iterator

import pytest

from bot.demo.prometheus.rules import Rule, Rules, group_json
from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.values import NAME, Labels

SECOND = 1000
HEAT = Labels({NAME: "heat", "room": "hall"})
MINUTE = 60 * SECOND


class Heated:
    """One rule about one series."""

    def __init__(self, holds: float = 0.0, keeps: float = 0.0) -> None:
        self.store = Store(100 * MINUTE)
        self.rules = Rules(self.store)
        labels, texts = {"severity": "page"}, {"summary": "{{ $labels.room }} has {{ $value }}"}
        rule = Rule("Hot", "heat > 30", False, holds, keeps, labels=labels, annotations=texts)
        self.rule = rule
        self.rules.groups = {"all": [self.rule]}
        self.now = 0

    def states(self, *heat: float) -> Iterator[str]:
        """Yield the alert's state after each measurement, 15 seconds apart; none is empty."""
        for each in heat:
            self.now += 15 * SECOND
            self.store.append(HEAT, self.now, each)
            self.rules.evaluate(self.now)
            yield "".join(alert.state for alert in self.rules.alerts())


def test_it_is_pending_first_and_forgotten_when_it_is_over() -> None:
    heated = Heated(holds=30)
    told = ["", "pending", "pending", "firing", "firing", "", "pending"]
    assert list(heated.states(20, 31, 32, 33, 34, 20, 31)) == told


def test_without_a_time_it_fires_at_once() -> None:
    assert list(Heated().states(31, 20)) == ["firing", ""]


def test_it_fires_on_while_it_is_kept() -> None:
    heated = Heated(keeps=30)
    assert list(heated.states(31, 20, 20, 20)) == ["firing", "firing", "firing", ""]


def test_it_tells_what_it_is_about() -> None:
    heated = Heated()
    list(heated.states(31.5))
    [alert] = heated.rules.alerts()
    assert alert.labels == {"alertname": "Hot", "room": "hall", "severity": "page"}
    assert alert.annotations == {"summary": "hall has 31.5"}
    [group] = [group_json(name, rules) for name, rules in heated.rules.groups.items()]
    [rule] = group["rules"]
    assert (rule["state"], rule["alerts"][0]["value"]) == ("firing", "3.15e+01")
    assert rule["alerts"][0]["activeAt"] == "1970-01-01T00:00:15Z"


@pytest.mark.parametrize(("heat", "count"), [(31, 1), (20, 0)])
def test_what_it_tells_is_a_series_too(heat: float, count: int) -> None:
    heated = Heated()
    list(heated.states(31, heat))
    found = [s for s in heated.store.everything() if s.labels[NAME] == "ALERTS"]
    assert sum(each.at(heated.now, 5 * MINUTE) is not None for each in found) == count


def test_an_expression_that_cannot_be_evaluated_is_told() -> None:
    heated = Heated()
    heated.rule.expression = "heat + on() group_left() (heat or cold)"
    heated.store.append(Labels({NAME: "cold", "room": "roof"}), 1, 1.0)
    list(heated.states(31))
    assert heated.rule.error.startswith("found duplicate series for the match group {}")
    assert group_json("all", [heated.rule])["rules"][0]["health"] == "err"
