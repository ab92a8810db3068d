"""From an expression to its tree, where it may be anything that somebody typed.

Pure. The parser is recursive: what is nested too deeply would end the whole process, so nothing is
read that is not within the limits.
"""

from promql_parser import Expr, parse

from bot.core.errors import BadQueryError
from bot.prometheus.limits import Limits, check_text
from bot.prometheus.literals import respelled

_LIMITS = Limits()


def read(expression: str) -> Expr | None:
    """Return the expression's tree; None: it cannot be read, or is more than may be asked."""
    try:
        check_text(expression, _LIMITS)
        return parse(respelled(expression))
    except (BadQueryError, ValueError):
        return None
