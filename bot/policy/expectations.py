"""What a policy is expected to say, written beside it: `policy.test.yaml` next to `policy.yaml`."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from bot.policy.documents import FaultyError, read_document
from bot.policy.faults import Language, faults_of
from bot.policy.forms import ContextName, Kind, Namespace, SlackChannel
from bot.policy.reading import read_bytes, refusal

_FORM = "- {person: ada, channel: C0123456789, does: get pods -n shop, expect: allowed}"


class Expectation(BaseModel):
    """One question to the policy and the answer that it is to give."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: str
    """A Slack id, a short name of `people`, or a confirmed e-mail address."""
    channel: SlackChannel | None = None
    """Without one: a place that the policy binds to nothing."""
    does: str = ""
    """A command as it is typed; or else `verb` and `resource`."""
    verb: str = ""
    """An RBAC verb, such as `patch`."""
    resource: Kind | None = None
    """A type, such as `deployments` or `pods/exec`."""
    name: str = ""
    """The object that is meant; for `does` it stands in the command."""
    namespace: Namespace | None = None
    context: ContextName | None = None
    expect: Literal["allowed", "confirm", "approve", "approve-two", "refused"]

    approver: str | None = None
    """Somebody who is expected to be allowed to approve it, named as `person` is."""

    @model_validator(mode="after")
    def _one_question(self) -> "Expectation":
        if bool(self.does) == bool(self.verb and self.resource):
            text = "must say what is asked: does, or verb and resource"
            raise PydanticCustomError("policy", "{text}", {"text": text, "place": ()})
        return self


_EXPECTATIONS: TypeAdapter[tuple[Expectation, ...]] = TypeAdapter(tuple[Expectation, ...])


def beside(policy: Path) -> Path:
    """Return the file of the expectations of a policy file."""
    return policy.with_name(f"{policy.stem}.test{policy.suffix}")


def read_expectations(path: Path) -> tuple[tuple[int, Expectation], ...]:
    """Return the expectations of the file, each with its line.

    Raises:
        ConfigurationError: the file is missing or wrong; the text names the line.
    """
    try:
        document = read_document(read_bytes(path))
        found = _EXPECTATIONS.validate_python(document.value)
    except FaultyError as error:
        raise refusal(path, error.fault) from error
    except ValidationError as error:
        language = Language(_EXPECTATIONS.json_schema(), {}, _FORM)
        raise refusal(path, faults_of(error, document, language)[0]) from error
    return tuple((document.line((index,)), one) for index, one in enumerate(found))
