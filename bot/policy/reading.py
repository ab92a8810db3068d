"""The one way in for the policy file: YAML to the model, and errors that name the place."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.core.errors import ConfigurationError
from bot.policy.model import Policy


class _Loader(yaml.CSafeLoader):
    """PyYAML's, but a key that stands twice is an error: the second would win unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: list[object] = []
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{name!r} stands twice", problem_mark=key.start_mark
                )
            seen.append(name)
        return super().construct_mapping(node, deep)


def read_policy(path: Path) -> Policy:
    """Return the policy that the file holds.

    Raises:
        ConfigurationError: the file is missing or wrong; the text names the field.
    """
    try:
        document = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise ConfigurationError(f"error: policy {path}: {error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"error: policy {path}: line {line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"error: policy {path}: {error}") from error
    try:
        return Policy.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        inside = first.get("ctx", {}).get("place", "")
        where = ".".join([*map(str, first["loc"]), *filter(None, [inside])]) or "the document"
        raise ConfigurationError(f"error: policy {path}: {where}: {first['msg']}") from error
