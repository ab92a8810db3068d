"""docs/simulated-prometheus.md: the scope, written down from the tables and from the cases."""

from pathlib import Path

from bot.demo.prometheus.evaluation import KNOWN, KNOWN_AGGREGATIONS
from tests.conformance.promql.cases import recordings

DOCUMENT = Path(__file__).parents[3] / "docs" / "simulated-prometheus.md"
_HEAD = """\
<!-- Generated: python -m tests.conformance.promql scope -->
# The simulated Prometheus

`quarterdeck demo` and the fast tests measure the [simulated cluster](simulated-cluster.md) with a
small Prometheus and a small Alertmanager in the same process (`bot/demo/prometheus/`). They speak
the HTTP APIs of Prometheus 3.13 and Alertmanager 0.31 as far as the bot uses them; what is outside
of this page is refused as Prometheus refuses what it does not know.

## What it serves

Prometheus: `/api/v1/query`, `query_range`, `format_query`, `series` and `labels` by GET and POST,
`label/NAME/values`, `metadata`, `targets`, `rules`, `alerts` and `status/buildinfo`. Alertmanager:
`/api/v2/alerts`, `silences`, `silence/ID`, `receivers` and `status`; there is one receiver, and it
notifies nobody.

Every 15 seconds it scrapes what kube-state-metrics, the nodes' cAdvisor and the pods' programs
would tell of the simulated cluster as it is (`http_requests_total`,
`http_request_duration_seconds`, `container_*`, `kube_*`, `up`), and evaluates the rules of
`bot/demo/prometheus/rules.yaml`. Samples are kept for four hours; two hours are there when it
starts, as if all had always been as it is then. Pods whose image has a tag such as
`:error-30-1.4.3` fail three requests in ten, those of `:slow-1.4.3` take ten times as long.

## What of PromQL

All selectors, `offset`, `@`, subqueries, operators and matching of vectors that Prometheus has
without experimental features, and

"""
_REST = """
Other functions are unknown here. Native histograms, exemplars, `fill`, `anchored` and `smoothed`,
the notes that Prometheus adds to an answer (`infos`), and `parse_query` are outside. Of a mistake
in an expression, Prometheus's own text and place are told where `bot/demo/prometheus/parsing.yaml`
has them, and else the parser's text at 1:1. Regular expressions are Python's, which differ from
Go's in what few people write, and dates end with the year 9999. Of several series that match where
one may, another group or pair of it may be named.

## What is held equal

Both servers get the same samples: an hour of counters that start again, series that begin late, end
early or have gaps, and values that are tiny, huge, infinite or not a number. Each expression is
asked for at one moment and over half an hour; labels, times, order, kinds of error and their texts
must be equal, values to 1e-9 of their size. The real server's (Prometheus 3.13.0) answers are
recorded, the fast tests compare with the recording, and with the real peers the recording is made
true again and more expressions are drawn at random. In the same way `tests/conformance/alerts/`
holds the alerts and silences equal to those of Alertmanager 0.31.1.

"""


def scope() -> str:
    """Return the whole document."""
    functions = ", ".join(f"`{name}`" for name in KNOWN)
    aggregations = ", ".join(f"`{name}`" for name in KNOWN_AGGREGATIONS)
    told = f"- the functions {functions};\n- the aggregations {aggregations}.\n"
    kept = [(each.sentence.rstrip(":"), len(each.answers)) for each in recordings()]
    total = f"There are {sum(count for _, count in kept)} cases:\n\n"
    cases = "".join(f"- {sentence} ({count})\n" for sentence, count in kept)
    return f"{_HEAD}{told}{_REST}{total}{cases}"
