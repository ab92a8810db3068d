"""Whatever is typed, there is an answer or a refusal in Prometheus's form."""

from typing import Any

from tests.conformance.promql.asking import simulated
from tests.prometheus.hostile import HOSTILE, UNREADABLE

KINDS = {400: "bad_data", 422: "execution"}


async def test_nothing_that_is_typed_breaks_the_server() -> None:
    async with simulated() as client:
        for expression in (*HOSTILE, *UNREADABLE):
            asked: dict[str, Any] = {"query": expression, "time": 1_767_272_400}
            async with client.post("/api/v1/query", data=asked) as answer:
                told = await answer.json()
                assert told.get("errorType") == KINDS.get(answer.status), expression
                assert (told["status"] == "success") is (answer.status == 200), expression
