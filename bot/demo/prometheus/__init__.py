"""A small simulated Prometheus, with an Alertmanager beside it, that speak their APIs over HTTP.

It evaluates the part of PromQL that docs/simulated-prometheus.md lists as Prometheus does, and
refuses the rest as Prometheus refuses what it does not know.
The rooms, each knowing only those below it:

    box                       the way in: both servers, filled from a simulated cluster
    server, wire              from a request to an answer
    alertmanager, silences    alerts as Alertmanager holds them, and what silences them
    rules, templates          recorded series and alerts, from rules.yaml, and their texts
    scraping, state, traffic  what is scraped of a cluster: its state, its containers, its requests
    queries                   an expression over a time, step by step
    evaluation                an expression as something that can be asked for a moment
    functions, ranges         PromQL's functions of vectors, and of what was in a range
    aggregation, operators    sum by (...), and what stands between two expressions
    parsing                   from text to a tree, or to Prometheus's refusal
    samples                   the series and their samples
    values, numeric, refusals what an expression is worth, how numbers behave, how it is refused
"""
