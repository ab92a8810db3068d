"""Expressions of PromQL as Hypothesis makes them: every construct, and text that breaks out."""

from hypothesis import strategies as st

from bot.prometheus.literals import quoted

METRICS = ("memory_bytes", "limit_bytes", "only_secret", "nobody", "requests_total", "strange")
LABELS = ("namespace", "pod", "job", "code", "path", "owner", "exported_namespace")
VALUES = ("shop", "secret", "web", "web-1", "db-1", "", ".*", ".+", "shop|secret", "s.*", "200")
OPERATORS = ("+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless")
COMPARISONS = ("==", "!=", ">", "<", ">=", "<=")
OVER_TIME = (
    "rate",
    "increase",
    "max_over_time",
    "count_over_time",
    "last_over_time",
    "absent_over_time",
)
FUNCTIONS = ("abs", "absent", "sort", "timestamp", "ceil", "sgn", "hour")
AGGREGATIONS = ("sum", "avg", "max", "count", "group", "min")
DURATIONS = ("30s", "5m", "10m", "1h", "90", "1m30s")

BREAKOUTS = st.sampled_from(
    (
        '"} or only_secret{x="',
        "'} or only_secret{x='",
        "`} or only_secret{x=`",
        '\\"} or only_secret{x=\\"',
        "\\",
        "\n",
        "# ",
        '"} or {__name__=~".+',
        "}",
        "{",
        ") or only_secret",
    )
)
TEXTS = st.one_of(
    st.sampled_from(VALUES), BREAKOUTS, st.text(st.characters(codec="utf-8"), max_size=12)
)


def _raw(text: str) -> str:
    return f"`{text}`" if "`" not in text else quoted(text)


def _single(text: str) -> str:
    return "'" + quoted(text)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


STRINGS = st.builds(
    lambda write, text: write(text), st.sampled_from((quoted, _raw, _single)), TEXTS
)
PATTERNS = st.sampled_from(
    ("shop|secret", ".+", ".*", "web-\\d", "s.*", "", "(?i)SECRET", "[a-z]+")
)
NAMES = st.one_of(st.sampled_from(LABELS), STRINGS.filter(lambda text: len(text) > 2))
MATCHERS = st.one_of(
    st.builds("{}{}{}".format, NAMES, st.sampled_from(("=", "!=", " = ")), STRINGS),
    st.builds("{}{}{}".format, NAMES, st.sampled_from(("=~", "!~")), st.builds(quoted, PATTERNS)),
)
METRIC = st.one_of(
    st.sampled_from(METRICS),
    st.builds("{{{}}}".format, st.builds(quoted, st.sampled_from((*METRICS, "dotted.name")))),
)
_INSIDE = st.lists(MATCHERS, max_size=3).map(", ".join)
SELECTORS = st.one_of(
    METRIC,
    st.builds("{}{{{}}}".format, st.sampled_from(METRICS), _INSIDE),
    st.builds('{{__name__=~".+",{}}}'.format, _INSIDE),
)
MODIFIERS = st.sampled_from(
    ("", "", "", " offset 10m", " offset -5m", " @ 1700003600", " @ start()", " @ end() offset 5m")
)
_COMMENT = st.sampled_from(("", "", "", " # } or only_secret\n", ' # "\n'))
_LISTS = st.lists(NAMES, max_size=2).map(", ".join)


def _applied(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return what one construct makes of vectors."""
    # Of equal values, Prometheus takes any for the highest.
    plain = st.builds("{}{}".format, SELECTORS, MODIFIERS)
    ranged = st.builds("{}[{}]{}".format, SELECTORS, st.sampled_from(DURATIONS), MODIFIERS)
    subquery = st.builds(
        "({})[30m:{}]{}".format, inner, st.sampled_from(("1m", "", "5m")), MODIFIERS
    )
    return st.one_of(
        st.builds("{}({})".format, st.sampled_from(OVER_TIME), st.one_of(ranged, subquery)),
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), inner),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("{} {} ({}) ({})".format, st.sampled_from(AGGREGATIONS),
                  st.sampled_from(("by", "without")), _LISTS, inner),
        st.builds("{}({}, {})".format, st.sampled_from(("topk", "bottomk")),
                  st.sampled_from(("1", "2", "scalar(only_secret)")), plain),
        st.builds("count_values({}, {})".format, STRINGS, inner),
        st.builds("({}){}{} ({})".format, inner, _COMMENT, st.sampled_from(OPERATORS), inner),
        st.builds("({}) {} bool on ({}) ({})".format, inner, st.sampled_from(COMPARISONS),
                  _LISTS, inner),
        st.builds("({}) {} on ({}) group_left ({}) ({})".format, inner,
                  st.sampled_from(("*", "/", "+")), _LISTS, _LISTS, inner),
        st.builds('label_replace({}, {}, {}, "pod", "(.*)")'.format, inner, STRINGS, STRINGS),
        st.builds("vector(scalar({}))".format, inner),
    )  # fmt: skip


EXPRESSIONS = st.recursive(st.builds("{}{}".format, SELECTORS, MODIFIERS), _applied, max_leaves=6)
"""Mostly readable ones; a good part of them is refused by Prometheus for their labels."""
