"""Answers as the HTTP API writes them."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.metrics import Answer, Bucket, Histogram, Series, Shape
from bot.prometheus.documents import document, number
from tests.every import every

UP = {"__name__": "up", "job": "web"}
OBSERVED = Histogram(3.0, 4.5, (Bucket(0, 1.0, 2.0, 3.0),))
WRITTEN = {"count": "3", "sum": "4.5", "buckets": [[0, "1", "2", "3"]]}


@pytest.mark.parametrize(
    ("answer", "data"),
    [
        (
            Answer(Shape.VECTOR, (Series(UP, ((1.5, 1.0),)), Series({}, ((2.0, OBSERVED),)))),
            {
                "resultType": "vector",
                "result": [
                    {"metric": UP, "value": [1.5, "1"]},
                    {"metric": {}, "histogram": [2, WRITTEN]},
                ],
            },
        ),
        (
            Answer(Shape.MATRIX, (Series(UP, ((1.0, math.nan), (2.0, OBSERVED))),)),
            {
                "resultType": "matrix",
                "result": [{"metric": UP, "values": [[1, "NaN"]], "histograms": [[2, WRITTEN]]}],
            },
        ),
        (
            Answer(Shape.SCALAR, (Series({}, ((1.0, 2.5),)),)),
            {"resultType": "scalar", "result": [1, "2.5"]},
        ),
        (Answer(Shape.STRING, text="hello"), {"resultType": "string", "result": [7, "hello"]}),
        (Answer(Shape.VECTOR), {"resultType": "vector", "result": []}),
        (
            Answer(Shape.VECTOR, (Series({}, ((1.0, Histogram(0.0, 0.0)),)),)),
            {
                "resultType": "vector",
                "result": [{"metric": {}, "histogram": [1, {"count": "0", "sum": "0"}]}],
            },
        ),
    ],
)
def test_data_is_written_as_the_api_does(answer: Answer, data: object) -> None:
    assert json.loads(document(answer, 7.0)) == data


@every(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (3.0, "3"),
        (0.1, "0.1"),
        (100_000.0, "100000"),
        (1e-6, "0.000001"),
        (1.25e-7, "1.25e-07"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (-1.5e300, "-1.5e+300"),
        (5e-324, "5e-324"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
    ],
)
def test_a_number_is_written_as_go_does(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(allow_nan=False))
def test_a_number_reads_back_to_the_same(value: float) -> None:
    assert float(number(value)) == value
