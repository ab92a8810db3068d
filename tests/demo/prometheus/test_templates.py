"""The texts of alerts are filled in as Prometheus fills them in."""

import math

from bot.demo.prometheus.templates import expanded
from tests.every import every


@every(
    ("template", "value", "text"),
    [
        ("{{ $labels.job }} is {{$value}}", 0.25, "web is 0.25"),
        ("{{ $labels.nobody }}.", 1.0, "."),
        ("{{ $value | humanizePercentage }}", 0.2567, "25.67%"),
        ("{{ $value | humanize }}", 1234567.0, "1.235M"),
        ("{{ $value | humanize }}", 0.00042, "420u"),
        ("{{ $value | humanize }}", 0.0, "0"),
        ("{{ $value | humanizeDuration }}", 0.012, "12ms"),
        ("{{ $value | humanizeDuration }}", 12.5, "12.5s"),
        ("{{ $value | humanizeDuration }}", 3723.0, "1h 2m 3s"),
        ("{{ $value | humanizeDuration }}", -90061.0, "-1d 1h 1m 1s"),
        ("{{ $value | humanizeDuration }}", math.inf, "+Inf"),
        ("{{ $value | humanize }}", math.nan, "NaN"),
    ],
)
def test_a_place_is_filled(template: str, value: float, text: str) -> None:
    assert expanded(template, {"job": "web"}, value) == text
