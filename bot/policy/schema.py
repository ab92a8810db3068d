"""The JSON Schema of the policy file, for editors and for whoever generates policies."""

import functools
import json
from typing import Any

from bot.policy.model import Policy

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@functools.cache
def policy_schema() -> dict[str, Any]:
    """Return the schema, made from the model."""
    schema: dict[str, Any] = _closed(Policy.model_json_schema())
    return {"$schema": _DIALECT, "title": "Quarterdeck's policy", **schema}


def schema_text() -> str:
    """Return the schema as it stands in deploy/policy.schema.json."""
    return f"{json.dumps(policy_schema(), indent=2)}\n"


def _closed(node: Any) -> Any:
    """Return the schema without the model's own titles, and with ids of the right form alone."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    # A title is a text; a field that is called so has a schema of its own.
    kept = {
        key: _closed(item)
        for key, item in node.items()
        if not (key == "title" and isinstance(item, str))
    }
    return {**kept, "additionalProperties": False} if "patternProperties" in kept else kept
