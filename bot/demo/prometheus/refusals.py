"""How Prometheus refuses: a kind of error, its HTTP status, and a text."""

from typing import Final

BAD_DATA, EXECUTION, TIMEOUT, NOT_FOUND = "bad_data", "execution", "timeout", "not_found"
STATUSES: Final = {BAD_DATA: 400, EXECUTION: 422, TIMEOUT: 503, NOT_FOUND: 404}
"""Of web/api/v1/api.go."""


class QueryRefusedError(Exception):
    """What was asked for cannot be answered."""

    def __init__(self, text: str, kind: str = EXECUTION) -> None:
        """Take Prometheus's text and its kind of error."""
        super().__init__(text)
        self.text, self.kind = text, kind


def bad(text: str, parameter: str = "") -> QueryRefusedError:
    """Return the refusal of a parameter, or of the request."""
    named = f'invalid parameter "{parameter}": {text}' if parameter else text
    return QueryRefusedError(named, BAD_DATA)
