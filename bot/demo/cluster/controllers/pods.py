"""How controllers make pods and end them, and tell of it."""

from bot.demo.cluster.controllers.events import Told, tell
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject


def start(hands: Hands, owner: JsonObject, pod: JsonObject, source: str) -> None:
    """Create a pod of the owner.

    Raises:
        ApiRefusalError: it was refused, which is told of, too.
    """
    try:
        made = hands.create("pods", owner["metadata"]["namespace"], pod)
    except ApiRefusalError as refusal:
        why = Told("FailedCreate", f"Error creating: {refusal.message}", "Warning")
        tell(hands, source, owner, why)
        raise
    tell(hands, source, owner, Told("SuccessfulCreate", f"Created pod: {made['metadata']['name']}"))


def stop(hands: Hands, owner: JsonObject, pod: JsonObject, source: str) -> None:
    """Delete a pod of the owner."""
    hands.delete(pod)
    tell(hands, source, owner, Told("SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}"))
