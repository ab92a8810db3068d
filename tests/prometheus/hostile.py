"""Expressions that try to see more than a namespace, and ones that are hard to read or to write.

The metrics, labels and values are those of `tests/prometheus/samples.py`.
"""

BREAKING_OUT = r"""
{a='b"} or secret{c="d'}
{a="b\"} or secret{c=\"d"}
{a=`b"} or secret{c="d`}
memory_bytes{pod='web-1"} or only_secret{x="'}
memory_bytes{pod="web-1\"} or only_secret{x=\""}
memory_bytes{pod=`web-1"} or only_secret{x="`}
memory_bytes{pod!=`"} or only_secret{x="`}
memory_bytes{pod=~'.*"} or only_secret{x=~".*'}
memory_bytes{pod="\\"}
memory_bytes{pod!="\\"} or only_secret{pod!="\\"}
memory_bytes{pod='\\\'"} or only_secret'}
memory_bytes{pod!="\n} or only_secret"}
memory_bytes{pod!="a\tb\r"}
memory_bytes{pod!="\x22} or only_secret{x=\x22"}
memory_bytes{pod!="\042} or only_secret{x=\042"}
memory_bytes{pod!="\u0022} or only_secret{x=\u0022"}
memory_bytes{pod!="\U00000022} or only_secret{x=\U00000022"}
{"memory_bytes\"} or only_secret{\"x"}
{"memory_bytes", "pod\"} or only_secret{x"="y"}
{'memory_bytes', 'pod'!='"} or only_secret{x="'}
{"only_secret"}
{"only_secret", namespace="secret"}
{__name__="only_secret"}
{__name__=~"only.*"}
{__name__=~".+"}
{__name__!=""}
{__name__!~"memory.*"}
{__name__=~"memory_bytes|only_secret",namespace!="shop"}
{namespace="secret"}
{namespace!="shop"}
{namespace=~".+"}
{namespace=~".*", __name__=~".+"}
{namespace!~"shop", __name__=~".+"}
{namespace="", __name__=~".+"}
memory_bytes{namespace=""}
memory_bytes{namespace="secret"}
memory_bytes{namespace="shop"}
memory_bytes{namespace=~"shop|secret"}
memory_bytes{namespace=~"shop.*"}
memory_bytes{namespace!~"shop"}
memory_bytes{namespace=~"s.+"}
memory_bytes{namespace="shop",namespace="secret"}
memory_bytes{namespace="shop",namespace!="shop"}
memory_bytes{namespace="secret"} or memory_bytes{namespace="shop"}
memory_bytes{namespace='shop"} or memory_bytes{namespace="secret'}
memory_bytes{"namespace"="secret"}
memory_bytes{`namespace`=~`.+`}
memory_bytes{"name\x73pace"="secret"}
memory_bytes{"n\u0061mespace"!="shop"}
memory_bytes{pod="web-1" or namespace="secret"}
memory_bytes{pod="web-1" or pod=~".+"}
{__name__="memory_bytes" or __name__="only_secret"}
memory_bytes{namespace="shop" or namespace="secret", pod=~".+"}
memory_bytes or only_secret
only_secret or memory_bytes
memory_bytes # } or only_secret
memory_bytes # {namespace="shop"}
only_secret # {namespace="shop"}
only_secret{} # "
memory_bytes{pod!="#"} or only_secret # "
memory_bytes{pod!=`#`} # ` or only_secret
"""

COMBINED = r"""
memory_bytes + on () group_left () sum(only_secret)
memory_bytes * on (job) group_left (owner) only_secret
memory_bytes * on (pod) group_left (namespace) limit_bytes
limit_bytes / on (pod) group_right (owner) memory_bytes
memory_bytes / ignoring (job) limit_bytes
memory_bytes / on ("pod") limit_bytes
memory_bytes / on ("pod) or only_secret # ") limit_bytes
sum by ("pod) or only_secret") (memory_bytes)
sum by (namespace) (memory_bytes)
sum by (namespace, pod) (memory_bytes)
sum without (namespace) (memory_bytes)
sum without () (memory_bytes)
sum by () (memory_bytes)
sum(memory_bytes) by (namespace)
count(memory_bytes)
count by (namespace) ({__name__=~".+"})
group by (__name__) ({__name__=~".+"})
avg(only_secret)
max(memory_bytes)
min(memory_bytes)
stddev(memory_bytes)
stdvar(memory_bytes)
quantile(0.5, memory_bytes)
quantile(scalar(only_secret), memory_bytes)
topk(3, memory_bytes)
topk(scalar(only_secret), memory_bytes)
topk by (namespace) (1, memory_bytes)
bottomk(1, memory_bytes)
bottomk(1, only_secret or memory_bytes)
count_values("namespace", memory_bytes)
count_values("value", only_secret)
count_values by (pod) ("namespace", memory_bytes)
count_values("a\"b", memory_bytes)
memory_bytes and only_secret
memory_bytes and on () only_secret
memory_bytes unless on () only_secret
memory_bytes unless only_secret
memory_bytes unless on (pod) limit_bytes
memory_bytes > on () group_left () max(only_secret)
memory_bytes > bool on () group_left () max(only_secret)
memory_bytes == memory_bytes
memory_bytes == bool memory_bytes
memory_bytes != memory_bytes
memory_bytes > scalar(only_secret)
memory_bytes > bool scalar(only_secret)
memory_bytes % 7
memory_bytes ^ 2
memory_bytes atan2 limit_bytes
-memory_bytes
--memory_bytes
+memory_bytes
-memory_bytes ^ 2
(-memory_bytes) ^ 2
2 ^ -memory_bytes
memory_bytes - (limit_bytes - memory_bytes)
memory_bytes - limit_bytes - memory_bytes
memory_bytes or limit_bytes and only_secret
(memory_bytes or limit_bytes) and only_secret
memory_bytes + only_secret + nobody
memory_bytes + on (pod) fill (0) limit_bytes
memory_bytes + on (pod) fill_left (1) fill_right (2) limit_bytes
memory_bytes + fill (0) only_secret
memory_bytes + on (pod) group_left fill_right (0) limit_bytes
"""

FUNCTIONS = r"""
absent(memory_bytes)
absent(only_secret)
absent(only_secret{namespace="secret"})
absent(memory_bytes{namespace="secret", pod="x"})
absent(memory_bytes{namespace="shop"})
absent(sum(only_secret))
absent_over_time(only_secret[10m])
absent_over_time(memory_bytes{pod="gone"}[10m])
present_over_time({__name__=~".+"}[10m])
scalar(only_secret)
scalar(memory_bytes)
scalar(sum(memory_bytes))
vector(scalar(only_secret))
vector(1)
vector(time())
time()
pi()
time() - timestamp(memory_bytes)
timestamp(only_secret)
label_replace(memory_bytes, "namespace", "secret", "pod", "(.*)")
label_replace(memory_bytes, "namespace", "$1", "pod", "(.*)-.*")
label_replace(only_secret, "namespace", "shop", "", "")
label_replace({namespace="secret"}, "namespace", "shop", "", "")
label_replace(memory_bytes, "x", "a\"b\\$1", "pod", "(.+)")
label_join(memory_bytes, "namespace", "-", "job", "pod")
label_join(only_secret, "namespace", "", "namespace")
label_replace(memory_bytes, "__name__", "only_secret", "", "")
sum by (namespace) (label_replace(memory_bytes, "namespace", "secret", "", ""))
memory_bytes * on (namespace) group_left () label_replace(only_secret, "namespace", "shop", "", "")
info(memory_bytes)
info(memory_bytes, {version=~".+"})
info(memory_bytes, {__name__="only_secret"})
info(rate(requests_total[5m]))
sum(info(memory_bytes))
abs(memory_bytes)
ceil(memory_bytes)
clamp(memory_bytes, 0, 100)
clamp_max(memory_bytes, scalar(only_secret))
clamp_min(memory_bytes, 1e3)
exp(memory_bytes)
floor(memory_bytes)
ln(memory_bytes)
log2(memory_bytes)
log10(memory_bytes)
round(memory_bytes, 5)
sgn(memory_bytes)
sqrt(memory_bytes)
sin(memory_bytes)
sort(memory_bytes)
sort_desc(memory_bytes)
sort_by_label(memory_bytes, "pod")
sort_by_label_desc(memory_bytes, "pod", "job")
hour()
hour(memory_bytes)
day_of_week(only_secret)
days_in_month(vector(scalar(only_secret)))
month(timestamp(memory_bytes))
histogram_quantile(0.9, latency_seconds_bucket)
histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m])))
histogram_quantile(scalar(only_secret), sum by (le, namespace) (rate(latency_seconds_bucket[5m])))
histogram_fraction(0, 0.2, sum by (le) (rate(latency_seconds_bucket[5m])))
histogram_avg(latency_seconds_bucket)
histogram_quantiles(sum by (le) (rate(latency_seconds_bucket[5m])), "q", 0.5, 0.9)
limitk(1, memory_bytes)
limit_ratio(0.5, memory_bytes)
mad_over_time(memory_bytes[10m])
ts_of_max_over_time(memory_bytes[10m])
double_exponential_smoothing(memory_bytes[10m], 0.5, 0.5)
holt_winters(memory_bytes[10m], 0.5, 0.5)
start()
step()
unknown_function(memory_bytes)
ALERTS
ALERTS{namespace="secret"}
"""

TIMES = r"""
rate(requests_total[5m])
increase(requests_total[1h])
irate(requests_total[5m])
delta(memory_bytes[5m])
idelta(memory_bytes[5m])
deriv(memory_bytes[10m])
predict_linear(memory_bytes[10m], 3600)
changes(memory_bytes[10m])
resets(requests_total[1h])
avg_over_time(memory_bytes[10m])
min_over_time(memory_bytes[10m])
max_over_time(memory_bytes[10m])
sum_over_time(only_secret[10m])
count_over_time({__name__=~".+"}[10m])
quantile_over_time(0.5, memory_bytes[10m])
quantile_over_time(scalar(only_secret), memory_bytes[10m])
stddev_over_time(memory_bytes[10m])
last_over_time(memory_bytes[10m])
first_over_time(memory_bytes[10m])
rate(requests_total[300])
rate(requests_total[5m30s])
rate(requests_total[1h30m])
rate(requests_total[300000ms])
avg_over_time(memory_bytes[90.5])
rate(requests_total[5m] offset 10m)
rate(requests_total[5m] offset -10m)
memory_bytes offset 10m
memory_bytes offset -10m
memory_bytes offset 1h30m
memory_bytes offset 600
memory_bytes @ 1700003600
memory_bytes @ 1700003600.5
memory_bytes @ 1.7000036e9
memory_bytes @ start()
memory_bytes @ end()
memory_bytes @ end() offset 10m
memory_bytes offset 10m @ start()
memory_bytes offset -10m @ 1700003600
memory_bytes @ -1
memory_bytes @ - 1
memory_bytes @ 0
memory_bytes @ 1e18
memory_bytes @ NaN
only_secret @ 1700003600
rate(only_secret[5m] @ end())
max_over_time(memory_bytes[30m:1m])
max_over_time(memory_bytes[30m:])
max_over_time(only_secret[30m:1m])
max_over_time((memory_bytes or only_secret)[30m:5m])
max_over_time(rate(requests_total[5m])[30m:1m])
max_over_time(sum by (namespace) (rate(requests_total[5m]))[30m:1m] offset 10m)
max_over_time(memory_bytes[30m:1m] @ 1700003600)
max_over_time(memory_bytes[30m:1m] @ end() offset -5m)
avg_over_time(max_over_time(memory_bytes[10m:1m])[30m:5m])
sum_over_time(vector(1)[10m:1m])
sum_over_time(scalar(only_secret)[10m:1m])
rate(requests_total[5m] anchored)
rate(requests_total[5m] smoothed)
memory_bytes smoothed
rate(requests_total[5m + 5m])
rate(requests_total[step()])
memory_bytes offset (5m)
memory_bytes offset -(5m)
"""

WRITTEN = r"""
1
0x1F
010
1_000
1e3
1e-10
.5
5.
0.1
123456789012345678
1.7976931348623157e308
5e-324
NaN
-Inf
+inf
1h
5m + 1
1ms
2 ^ 3 ^ 2
(2 ^ 3) ^ 2
-1 ^ 2
- - 1
1 / -0
1 > bool 2
1 > 2
"text"
'text'
`te"xt\n`
"té\u00e9\xc3\xa9"
"\xff"
"\ud800"
memory_bytes{pod=~"web-\\d+"}
memory_bytes{pod=~`web-\d+`}
memory_bytes{pod=~'web-[0-9]+'}
memory_bytes{pod=~`(?i)WEB-.*`}
memory_bytes{pod!~"web.*|db-1"}
memory_bytes{pod=~"web-\\d{1}"}
memory_bytes{pod=~"web-{1}"}
memory_bytes{pod=~"\\Qweb-1\\E"}
memory_bytes{pod=~"("}
memory_bytes{pod=~"|"}
memory_bytes{pod=~""}
memory_bytes{pod!=""}
memory_bytes{pod="web-1",}
memory_bytes{ pod = "web-1" , }
memory_bytes { pod="web-1" }
MEMORY_BYTES
SUM(memory_bytes)
Sum BY (pod) (memory_bytes)
memory_bytes AND memory_bytes
memory_bytes OFFSET 10m
((((memory_bytes))))
{"dotted.name"}
{"dotted.name", "a.b"="c"}
sum by ("a.b") ({"dotted.name"})
{"dotted.name"} * on (pod) group_left ("a.b") memory_bytes
{"dotted.name"}[5m]
rate({"dotted.name"}[5m])
strange{path=~".*\\\\.*"}
strange{path='a"b'}
strange{path="a\"b"}
strange{path=`a"b`}
strange{path="back\\slash"}
strange{path=`back\slash`}
strange{path="two\nlines"}
strange{path="} or only_secret{"}
strange{path=~".*or.*"}
strange{path="héllo ✓"}
strange{path="h\u00e9llo \u2713"}
strange{path="h\xc3\xa9llo ✓"}
by
sum
offset
start
{sum=""}
{by!="x", pod="web-1"}
memory_bytes{or="x"}
memory_bytes{order!="x"}
:colon:
a:b:c
"""

UNREADABLE = (
    "",
    " ",
    "# only a comment",
    "memory_bytes{",
    "memory_bytes}",
    'memory_bytes{pod="',
    "memory_bytes{pod='web-1}",
    "memory_bytes{pod=`web-1}",
    'memory_bytes{pod="a\nb"}',
    "memory_bytes only_secret",
    "memory_bytes; only_secret",
    "memory_bytes\n\nor\n\nonly_secret",
    "memory_bytes\u00a0or only_secret",
    "memory_bytes\u2028or only_secret",
    "memory_bytes \x00 or only_secret",
    'memory_bytes{pod!="\x00"}',
    'memory_bytes{pod!="\x1b[0m"}',
    "memory_bytes\r or only_secret",
    "memory_bytes # \r or only_secret",
    "memory_bytes # \u2028 or only_secret",
    "memory_bytes # \x0b or only_secret",
    "memory_bytes # \x85 or only_secret",
    "{}",
    '{namespace=~".*"}',
    "sum(memory_bytes, only_secret)",
    "sum",
    "(memory_bytes",
    "memory_bytes[5m]",
    "memory_bytes[5m:1m]",
    "é",
    "{é='x'}",
    "\ufeffmemory_bytes",
    "memory\u200b_bytes",
    "ｍemory_bytes",
    "memory_bytes{\u200bpod='x'}",
    "memory_bytes{pod=“web-1”}",
    "${namespace}",
    "memory_bytes{namespace=$namespace}",
    "%7Bnamespace%3D%22secret%22%7D",
    "&query=only_secret",
    "memory_bytes&query=only_secret",
    "memory_bytes%0Aor only_secret",
    "WITH (x = only_secret) x",
    "memory_bytes keep_metric_names",
    'memory_bytes{namespace="shop"} or {namespace="secret"}',
)

HOSTILE = (
    tuple(
        line
        for lines in (BREAKING_OUT, COMBINED, FUNCTIONS, TIMES, WRITTEN)
        for line in lines.strip().split("\n")
    )
    + UNREADABLE
)
