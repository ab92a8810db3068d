"""What is asked of both servers, and what the real one answered when it was recorded.

`cases.yaml` has expressions and `requests.yaml` requests, each under a sentence of the scope;
Hypothesis draws more expressions. A recording is a file for each sentence, and in it a line for
each case: the case, and Prometheus's answer.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings

from tests.conformance.promql.generated import expressions

HERE = Path(__file__).parent
RECORDED = HERE / "recorded"
GENERATED = "Expressions that nobody wrote"
_DRAWN = 150
"""So many are drawn for a recording; some come twice."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One sentence: what is asked, as JSON, and what Prometheus answers."""

    sentence: str
    answers: Mapping[str, Any]

    @property
    def file(self) -> Path:
        """Return where it stands."""
        return RECORDED / f"{re.sub(r'[^a-z0-9]+', '-', self.sentence.lower()).strip('-')}.jsonl"

    def write(self) -> None:
        """Keep it."""
        RECORDED.mkdir(exist_ok=True)
        lines = (json.dumps([case, answer]) for case, answer in self.answers.items())
        self.file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def sentences() -> Mapping[str, list[Any]]:
    """Return the cases by their sentences: expressions, and requests as lists."""
    return {**_written("cases"), **_written("requests")}


def recordings() -> list[Recording]:
    """Return what was recorded of every sentence. A sentence without a recording raises."""
    return [Recording(each, _recorded(each)) for each in (*sentences(), GENERATED)]


def _recorded(sentence: str) -> Mapping[str, Any]:
    lines = Recording(sentence, {}).file.read_text("utf-8").splitlines()
    return dict(map(json.loads, lines))


def keys(cases: Iterable[Any]) -> list[str]:
    """Return the cases as a recording names them."""
    return [json.dumps(each) for each in cases]


def drawn() -> list[str]:
    """Return expressions that Hypothesis draws: each time the same."""
    found: list[str] = []

    @settings(
        max_examples=_DRAWN,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(expressions)
    def collect(expression: str) -> None:
        found.append(expression)

    collect()
    return list(dict.fromkeys(found))


def _written(name: str) -> Mapping[str, list[Any]]:
    written = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    return {sentence: [_plain(each) for each in cases] for sentence, cases in written.items()}


def _plain(case: Any) -> Any:
    """Return an expression as text: YAML reads some as numbers."""
    return case if isinstance(case, list) else str(case)
