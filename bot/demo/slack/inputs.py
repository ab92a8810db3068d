"""What people fill in: the fields of blocks, their values as Slack reports them, and what is amiss.

Pure. A further input is one row of `KINDS`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.demo.slack import limits
from bot.demo.slack.shapes import Json
from bot.demo.slack.walking import flat, stateful

Values: TypeAlias = Mapping[str, Mapping[str, Json]]
"""`state.values`: from block_id to action_id to the value."""

REQUIRED = "Please complete this required field."


@dataclass(frozen=True, slots=True)
class Kind:
    """Under which key Slack reports a value, and which key of the element presets it."""

    key: str
    preset: str
    many: bool = False


_TYPED = Kind("value", "initial_value")
_OPTION = Kind("selected_option", "initial_option")
_OPTIONS = Kind("selected_options", "initial_options", many=True)

KINDS: Mapping[str, Kind] = {
    "plain_text_input": _TYPED,
    "email_text_input": _TYPED,
    "url_text_input": _TYPED,
    "number_input": _TYPED,
    "rich_text_input": Kind("rich_text_value", "initial_value"),
    "static_select": _OPTION,
    "external_select": _OPTION,
    "radio_buttons": _OPTION,
    "users_select": Kind("selected_user", "initial_user"),
    "conversations_select": Kind("selected_conversation", "initial_conversation"),
    "channels_select": Kind("selected_channel", "initial_channel"),
    "checkboxes": _OPTIONS,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "multi_users_select": Kind("selected_users", "initial_users", many=True),
    "multi_conversations_select": Kind(
        "selected_conversations", "initial_conversations", many=True
    ),
    "multi_channels_select": Kind("selected_channels", "initial_channels", many=True),
    "datepicker": Kind("selected_date", "initial_date"),
    "timepicker": Kind("selected_time", "initial_time"),
    "datetimepicker": Kind("selected_date_time", "initial_date_time"),
    "file_input": Kind("files", "", many=True),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One input on the screen."""

    label: str
    """Its label, or in an actions block its placeholder."""
    block_id: str
    element: Json
    required: bool
    dispatches: bool
    """Whether the bot hears of each change (`block_actions`)."""

    @property
    def action_id(self) -> str:
        """The id that the app gave to it."""
        return str(self.element["action_id"])

    @property
    def kind(self) -> Kind:
        """How its value is reported."""
        return KINDS[self.element["type"]]

    def called(self, name: str) -> bool:
        """Tell whether someone who says `name` means this field."""
        return name in (self.label, self.block_id, self.action_id)

    def holding(self, value: Any) -> Json:
        """Return the value as Slack reports it."""
        return {"type": self.element["type"], self.kind.key: value}


def fields(blocks: Iterable[Json]) -> Iterator[Field]:
    """Yield the inputs of blocks, from top to bottom."""
    for block in flat(blocks):
        asked = block["type"] == "input"
        for element in stateful(block, KINDS.keys()):
            label = block["label"] if asked else element.get("placeholder", {"text": ""})
            yield Field(
                label=label["text"],
                block_id=block["block_id"],
                element=element,
                required=asked and not block.get("optional", False),
                dispatches=not asked or bool(block.get("dispatch_action")),
            )


def value_of(field: Field, values: Values) -> Any:
    """Return what stands in a field, None (or an empty list) where nothing does."""
    return values[field.block_id][field.action_id][field.kind.key]


def presets(blocks: Iterable[Json]) -> Values:
    """Return the values before anybody has filled anything in."""
    values: dict[str, dict[str, Json]] = {}
    for field in fields(blocks):
        empty: Any = [] if field.kind.many else None
        value = field.element.get(field.kind.preset, empty)
        values.setdefault(field.block_id, {})[field.action_id] = field.holding(value)
    return values


def carried(old: Values, blocks: Iterable[Json]) -> Values:
    """Return the values after an update: a field that stays the same one keeps what it held.

    It is the same one while block_id, action_id and type are.
    """
    return {
        block_id: {
            action_id: kept
            if (kept := old.get(block_id, {}).get(action_id)) and kept["type"] == fresh["type"]
            else fresh
            for action_id, fresh in block.items()
        }
        for block_id, block in presets(blocks).items()
    }


def with_value(values: Values, field: Field, value: Any) -> Values:
    """Return the values after this field was filled in."""
    block = {**values[field.block_id], field.action_id: field.holding(value)}
    return {**values, field.block_id: block}


def complaints(blocks: Iterable[Json], values: Values) -> dict[str, str]:
    """Return what Slack itself tells the person instead of submitting, by block_id."""
    found = ((field, _complaint(field, value_of(field, values))) for field in fields(blocks))
    return {field.block_id: words for field, words in found if words}


def unwelcome(field: Field, filename: str, held: int) -> str:
    """Return why a file field takes no further file of this name, empty where it does."""
    most, endings = (
        field.element.get("max_files", limits.FILE_INPUT_FILES),
        field.element.get("filetypes", []),
    )
    if held >= most:
        return f"{field.label!r} takes no more than {most} files"
    if endings and filename.rpartition(".")[2].lower() not in endings:
        return f"{field.label!r} takes only {endings}"
    return ""


def drawn(blocks: Iterable[Json], values: Values) -> list[Json]:
    """Return the blocks with what was filled in as if it were preset, to be drawn."""
    return [{**block, **_filled(block, values)} for block in blocks]


def _filled(block: Json, values: Values) -> Json:
    held = values.get(block["block_id"], {})

    def filled(item: Json) -> Json:
        kind, value = KINDS.get(item["type"]), held.get(item.get("action_id", ""))
        if kind is None or value is None:
            return item
        bare = {key: kept for key, kept in item.items() if key != kind.preset}
        return {**bare, (kind.preset or kind.key): value[kind.key]} if value[kind.key] else bare

    changed: Json = {key: filled(block[key]) for key in ("accessory", "element") if key in block}
    if "elements" in block:
        changed["elements"] = [filled(element) for element in block["elements"]]
    if "child_blocks" in block:
        changed["child_blocks"] = drawn(block["child_blocks"], values)
    return changed


def _complaint(field: Field, value: Any) -> str:
    if value in (None, "", []):
        return REQUIRED if field.required else ""
    if field.element["type"] != "plain_text_input":
        return ""
    least, most = field.element.get("min_length", 0), field.element.get("max_length", len(value))
    if len(value) < least:
        return f"Please add at least {least - len(value)} more characters."
    return f"Please remove {len(value) - most} characters." if len(value) > most else ""
