"""What can be set, as the options of the rooms declare it."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, get_args

from pydantic import BaseModel, SecretStr


@dataclass(frozen=True, slots=True)
class Setting:
    """One value that can be set."""

    path: tuple[str, ...]
    """The room's field and the option's, or one field that belongs to no room."""
    type: Any
    default: Any
    """MISSING where it has to be set."""
    owner: type
    """The class that declares it."""

    @property
    def name(self) -> str:
        """Return `SLACK__BOT_TOKEN`, the variable's name without its prefix."""
        return "__".join(self.path).upper()

    @property
    def file(self) -> str:
        """Return `slack-bot-token`, the name of the file that a secret may be mounted as."""
        return "-".join(self.path).replace("_", "-")

    @property
    def secret(self) -> bool:
        """Whether it is never shown, and may be mounted as a file."""
        return SecretStr in (self.type, *get_args(self.type))


def catalogue(model: type[BaseModel]) -> Iterator[Setting]:
    """Yield every value of a model of rooms, in the order of the source."""
    for name, (annotation, default) in _fields_of(model).items():
        rooms = _fields_of(annotation)
        for inner, (type_, inner_default) in rooms.items():
            yield Setting((name, inner), type_, inner_default, annotation)
        if not rooms:
            yield Setting((name,), annotation, default, model)


def _fields_of(owner: Any) -> Mapping[str, tuple[Any, Any]]:
    """Return type and default of each field; nothing where the type is no class of options."""
    if isinstance(owner, type) and issubclass(owner, BaseModel):
        return {
            name: (field.annotation, MISSING if field.is_required() else field.default)
            for name, field in owner.model_fields.items()
        }
    if is_dataclass(owner):
        return {field.name: (field.type, field.default) for field in fields(owner)}
    return {}
