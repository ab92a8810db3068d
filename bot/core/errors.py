"""Everything that may go wrong, as one tree; each error is a sentence for the person.

    QuarterdeckError
    ├── UsageError            what was typed cannot be read
    ├── RefusedError          the policy or the grammar says no, and says what to do instead
    ├── KubernetesError       the API server answered with an error
    │   ├── NotFoundError
    │   ├── ForbiddenError
    │   └── ConflictError
    ├── PrometheusError       Prometheus or Alertmanager answered with an error
    │   ├── BadQueryError     the expression cannot be evaluated, or asks for more than is allowed
    │   └── TooLargeError     the answer is larger than is read
    ├── UnreachableError      a peer could not be asked, or did not answer in time
    ├── SupersededError       a plan's preconditions no longer hold
    ├── BusyError             too much at once; says when to try again
    ├── CancelledByPersonError
    ├── SlackError            Slack refused a call
    ├── StoreError            what must be remembered cannot be written or read
    └── ConfigurationError    a setting, the policy or a kubeconfig is wrong

Raised anywhere, translated at four edges (`kube/errors`, `store/engine`, `slack/outbox`,
`prometheus/client`), caught once in `engine/dispatch`. Anything else is a bug.
"""

from collections.abc import Iterable
from dataclasses import dataclass


class QuarterdeckError(Exception):
    """A failure that a person can read.

    `args[0]` is the text as kubectl would print it on standard error, `next_step` what to
    type or do now (may be empty where kubectl says nothing either).
    """

    def __init__(self, text: str, *, next_step: str = "", exit_code: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.next_step = next_step
        self.exit_code = exit_code


class UsageError(QuarterdeckError):
    """What was typed cannot be read as a command."""


class RefusedError(QuarterdeckError):
    """The bot will not do this, for a reason that the text gives."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One of the causes that a Status lists, such as a field and what is wrong with it."""

    reason: str
    message: str
    field: str = ""


class KubernetesError(QuarterdeckError):
    """The API server answered with a Status that is not success."""

    causes: tuple[Cause, ...] = ()
    """What the Status lists, in its order."""

    def __init__(
        self, text: str, *, code: int, reason: str, message: str = "", next_step: str = ""
    ) -> None:
        super().__init__(text, next_step=next_step)
        self.code = code
        self.reason = reason
        self.message = message
        """The Status's own message, without kubectl's prefix."""


@dataclass(frozen=True, slots=True)
class Sought:
    """The one object that a request named."""

    type: str
    """As discovery finds it, such as `deployments.v1.apps`."""
    namespace: str
    """Empty for a cluster-scoped object."""
    name: str


class NotFoundError(KubernetesError):
    """The object, or the resource type, is not there (404)."""

    sought: Sought | None = None
    """Which object it is; None: the type is missing, or a subresource."""


class ForbiddenError(KubernetesError):
    """The person has no right to do this (403)."""


class ConflictError(KubernetesError):
    """The object is not as the request expected it (409, or 422 on a JSON Patch `test`)."""


class PrometheusError(QuarterdeckError):
    """Prometheus or Alertmanager answered with an error."""


class BadQueryError(PrometheusError):
    """The expression cannot be evaluated, or asks for more than is allowed."""


class TooLargeError(PrometheusError):
    """The answer is larger than is read; the text says how to ask for less."""


class UnreachableError(QuarterdeckError):
    """A peer could not be reached, or did not answer before the deadline."""

    sent: bool = False
    """Whether the peer may have done all that it was asked to: only the answer is missing."""


class SupersededError(QuarterdeckError):
    """Something that a plan reads or writes has changed since it was shown."""


class BusyError(QuarterdeckError):
    """Too much is under way; the text says when to try again."""


class CancelledByPersonError(QuarterdeckError):
    """The person pressed Cancel."""


class SlackError(QuarterdeckError):
    """Slack refused a call; `code` is its error string."""

    def __init__(self, text: str, *, code: str, next_step: str = "") -> None:
        super().__init__(text, next_step=next_step)
        self.code = code


class StoreError(QuarterdeckError):
    """What must be remembered cannot be written or read."""


class ConfigurationError(QuarterdeckError):
    """A setting, the policy file or a kubeconfig is wrong; the text names file and line."""


def choose_from(names: Iterable[str]) -> str:
    """Return the next step that lists what may be named instead."""
    return f"Choose from {', '.join(f'`{name}`' for name in names)}."
