"""Expressions of the scope that nobody wrote, for Hypothesis to draw."""

from hypothesis import strategies as st

_NAMES = (
    "up", "pod_info", "memory_bytes", "temperature", "http_requests_total", "odd",
    "http_request_duration_seconds_bucket",
)  # fmt: skip
_MATCHERS = (
    'job="web"', 'job!="api"', 'pod=~"web-.*"', 'pod!~".*-1"', 'namespace="shop"',
    'code=~"2..|5.."', 'le=""', 'room!=""',
)  # fmt: skip
_LABELS = ("job", "pod", "namespace", "code", "le", "room", "nothing")
_DURATIONS = ("45s", "2m", "5m", "13m", "1m30s")
_OVER_RANGE = (
    "rate", "increase", "irate", "delta", "idelta", "deriv", "resets", "changes", "avg_over_time",
    "max_over_time", "min_over_time", "sum_over_time", "count_over_time", "last_over_time",
    "present_over_time", "stddev_over_time", "stdvar_over_time",
)  # fmt: skip
_AGGREGATIONS = ("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar")
_FUNCTIONS = (
    "abs", "ceil", "floor", "round", "sqrt", "exp", "ln", "log2", "log10", "sgn", "timestamp",
    "absent", "-",
)  # fmt: skip
_ARITHMETIC = ("+", "-", "*", "/", "%", "^", "atan2")
_COMPARISONS = ("==", "!=", ">", "<", ">=", "<=")
_numbers = st.sampled_from(("0", "1", "-1", "0.5", "3", "100", "1e9", "Inf", "NaN"))
_labels = st.lists(st.sampled_from(_LABELS), max_size=3, unique=True).map(", ".join)


@st.composite
def _selectors(draw: st.DrawFn) -> str:
    matchers = draw(st.lists(st.sampled_from(_MATCHERS), max_size=2, unique=True))
    offset = draw(st.sampled_from(("", "", "", " offset 3m", " offset -2m", " @ end()")))
    braced = "{" + ",".join(matchers) + "}" if matchers else ""
    return draw(st.sampled_from(_NAMES)) + braced + offset


@st.composite
def _over_ranges(draw: st.DrawFn) -> str:
    selector, _, later = draw(_selectors()).partition(" ")
    function, width = draw(st.sampled_from(_OVER_RANGE)), draw(st.sampled_from(_DURATIONS))
    moved = f" {later}" if later else ""
    if draw(st.integers(0, 4)) == 0:
        return f"{function}({selector}[{width}:30s]{moved})"
    return f"{function}({selector}[{width}]{moved})"


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    @st.composite
    def aggregated(draw: st.DrawFn) -> str:
        by = draw(st.sampled_from((" by", " without")))
        grouped = f"{by} ({draw(_labels)}) " if draw(st.booleans()) else ""
        return f"{draw(st.sampled_from(_AGGREGATIONS))}{grouped}({draw(inner)})"

    @st.composite
    def applied(draw: st.DrawFn) -> str:
        return f"{draw(st.sampled_from(_FUNCTIONS))}({draw(inner)})"

    @st.composite
    def with_number(draw: st.DrawFn) -> str:
        operator = draw(st.sampled_from((*_ARITHMETIC, *_COMPARISONS)))
        modifier = " bool" if operator in _COMPARISONS and draw(st.booleans()) else ""
        sides = [f"({draw(inner)})", draw(_numbers)]
        left, right = reversed(sides) if draw(st.booleans()) else sides
        return f"{left} {operator}{modifier} {right}"

    @st.composite
    def between(draw: st.DrawFn) -> str:
        sets = ("and", "or", "unless")
        operator = draw(st.sampled_from((*_ARITHMETIC, *_COMPARISONS, *sets)))
        modifier = " bool" if operator in _COMPARISONS and draw(st.booleans()) else ""
        how = draw(st.sampled_from(("", "", " on", " ignoring")))
        matching = f"{how} ({draw(_labels)})" if how else ""
        if how == " on" and operator not in sets and draw(st.booleans()):
            matching = f" on (pod) {draw(st.sampled_from(('group_left', 'group_right')))} (job)"
        left = draw(inner)
        # What comes from the same series has something to match more often.
        right = left if draw(st.booleans()) else draw(inner)
        return f"({left}) {operator}{modifier}{matching} ({right})"

    return st.one_of(aggregated(), applied(), with_number(), between())


expressions = st.recursive(_selectors() | _over_ranges(), _larger, max_leaves=4)
"""Instant vectors, up to four selectors large."""
