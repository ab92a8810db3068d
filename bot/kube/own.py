"""What the API server says of the bot itself: the only questions that it asks as nobody else."""

from dataclasses import dataclass

import orjson

from bot.core.ports import JsonObject
from bot.kube.transport import Call, Transport

_GROUP = "authorization.k8s.io"


@dataclass(frozen=True, slots=True)
class OwnRights:
    """Asks one cluster about the identity of the bot's own credentials."""

    transport: Transport
    request_id: str
    seconds: float
    """The longest that one question may take."""

    async def may(self, verb: str, group: str, resource: str, name: str = "") -> bool:
        """Return whether the bot may do that in the whole cluster.

        Raises:
            QuarterdeckError: the API server does not answer, or refuses the question.
        """
        attributes = {"verb": verb, "group": group, "resource": resource, "name": name}
        kind = "SelfSubjectAccessReview"
        status = await self._review(kind, {"resourceAttributes": attributes})
        return bool(status.get("allowed"))

    async def rules(self, namespace: str) -> list[JsonObject]:
        """Return the rules that apply to the bot in a namespace, those of the cluster included.

        Raises:
            QuarterdeckError: the API server does not answer, or refuses the question.
        """
        status = await self._review("SelfSubjectRulesReview", {"namespace": namespace})
        return [*(status.get("resourceRules") or ()), *(status.get("nonResourceRules") or ())]

    async def _review(self, kind: str, spec: JsonObject) -> JsonObject:
        body = {"apiVersion": f"{_GROUP}/v1", "kind": kind, "spec": spec}
        plural = f"{kind.lower()}s"
        call = Call(
            f"/apis/{_GROUP}/v1/{plural}",
            None,
            self.request_id,
            self.seconds,
            method="POST",
            body=orjson.dumps(body),
            content_type="application/json",
            subject=f"{plural}.{_GROUP}",
        )
        answer: JsonObject = orjson.loads(await self.transport.request(call))
        return answer.get("status") or {}
