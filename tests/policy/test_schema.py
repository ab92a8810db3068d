"""The published JSON Schema: it is the model's, and says the same of files as the bot does."""

from pathlib import Path
from typing import Any

import jsonschema
import yaml

from bot.policy.documents import read_document
from bot.policy.reading import EXAMPLES
from bot.policy.schema import policy_schema, schema_text
from tests.every import every
from tests.policy.test_reading import CORPUS, EXPECTED

DEPLOY = Path(__file__).parents[2] / "deploy"
# What only the bot itself sees: it compares one place of the file with another.
BEYOND = (
    "approvers-name",
    "cluster-and",
    "exec-any",
    "metrics-",
    "mode-users",
    "name-",
    "on-call-names",
    "person-twice",
    "person-without",
    "task-parameter",
    "task-value",
    "tier-s",
)


def accepts(document: Any) -> bool:
    validator = jsonschema.Draft202012Validator(policy_schema())
    return bool(validator.is_valid(document))


def test_the_schema_that_is_published_is_the_models() -> None:
    assert (DEPLOY / "policy.schema.json").read_text() == schema_text()


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(policy_schema())


def test_the_policy_that_is_shipped_names_it_and_fits_it() -> None:
    text = (DEPLOY / "policy.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=policy.schema.json\n")
    assert accepts(yaml.safe_load(text))


def test_each_part_in_its_shortest_form_fits_it() -> None:
    assert accepts(yaml.safe_load("\n".join(EXAMPLES.values())))


def test_each_field_of_a_policy_is_explained_to_whoever_edits_it() -> None:
    schema = policy_schema()
    models = [schema, *(node for node in schema["$defs"].values() if "properties" in node)]
    fields = [item for model in models for item in model["properties"].items()]
    unexplained = {name for name, field in fields if not field.get("description")}
    # The effects of `per_minute` are explained by the field itself.
    assert unexplained == {"read", "change", "enter", "destroy"}


WRONG = [
    name
    for name, said in EXPECTED.items()
    if said["says"].split()[0] not in ("it", "the") and not name.startswith(BEYOND)
]


@every("name", WRONG)
def test_what_the_bot_refuses_an_editor_marks(name: str) -> None:
    assert not accepts(read_document((CORPUS / f"{name}.yaml").read_bytes()).value)
