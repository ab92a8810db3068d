"""How the API server refuses: one error, which becomes a `Status` on the wire."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.demo.cluster.values import Json, data, without_empty


@dataclass(frozen=True, slots=True)
class Cause:
    """One field that is wrong: its path, what is wrong with it and the sentence."""

    field: str
    reason: str
    message: str


@dataclass(eq=False)
class ApiRefusalError(Exception):
    """A request that the API server answers with a failure: what `Raises: 404` means everywhere."""

    code: int
    reason: str
    message: str
    details: Json | None = None
    causes: Sequence[Cause] = ()

    def __str__(self) -> str:
        return self.message

    def status(self) -> Json:
        """Return the `Status` object (meta/v1) that says so."""
        causes = {"causes": [without_empty(asdict(cause)) for cause in self.causes]}
        details = {**(self.details or {}), **causes} if self.causes else self.details
        told = {"message": self.message, "reason": self.reason or None, "details": details}
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        return {**status, **{k: v for k, v in told.items() if v is not None}, "code": self.code}


def refusal(
    why: str, about: str = "", name: str = "", /, *, causes: Sequence[Cause] = (), **words: object
) -> ApiRefusalError:
    """Return the refusal of that name in refusals.yaml, about `deployments.apps` or nothing."""
    row, (plural, _, group) = data("refusals")[why], about.partition(".")
    message = row["message"].format(resource=about, name=name, **words)
    details = without_empty({"name": name, "group": group, "kind": plural}) or row.get("details")
    return ApiRefusalError(row["code"], row["reason"], message, details, causes)


def invalid(resource: str, name: str, causes: Sequence[Cause]) -> ApiRefusalError:
    """Return the refusal of a `Deployment.apps` with fields that are wrong."""
    sentences = list(dict.fromkeys(f"{each.field}: {each.message}" for each in causes))
    text = sentences[0] if len(sentences) == 1 else f"[{', '.join(sentences)}]"
    return refusal("invalid", resource, name, causes=causes, text=text)
