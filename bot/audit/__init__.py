"""The audit record: what is written of each request, chained so that a change of it is found."""

LOGGER = "quarterdeck.audit"
"""The logger of the copies: its lines alone go to standard output."""
