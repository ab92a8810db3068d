"""The bot in both forms of impersonation."""

from tests.deploy.forms import capped, form

__all__ = ["capped", "form"]
