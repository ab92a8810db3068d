"""What is said of an expression that Prometheus does not evaluate."""

from collections.abc import Sequence

from bot.core.errors import BadQueryError, QuarterdeckError
from bot.core.metrics import Metrics
from bot.prometheus.mistakes import explained


async def corrected(
    metrics: Metrics, error: BadQueryError, expression: str, phrases: Sequence[str]
) -> BadQueryError:
    """Return the error with the place that it is about, and with what to type instead.

    `phrases` are those that there are, such as `prom query`.
    """
    said = await _said_by_prometheus(metrics, expression)
    verbs = [phrase.split(" ")[1] for phrase in phrases if phrase.startswith("prom ")]
    return explained(said or error, expression, verbs)


async def _said_by_prometheus(metrics: Metrics, expression: str) -> BadQueryError | None:
    """Return what Prometheus says of an expression that cannot be sent as it was typed."""
    try:
        await metrics.check(expression)
    except BadQueryError as error:
        return error
    except QuarterdeckError:
        return None  # that it cannot be evaluated is known already
    return None
