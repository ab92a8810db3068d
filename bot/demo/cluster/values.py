"""Plain values: what the data files say, where values are in an object, and how they are spelt."""

import re
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, TypeAlias

import orjson
import yaml

Json: TypeAlias = dict[str, Any]
"""An object as it travels; what is stored is never changed in place."""
# No word can be spelt with these: apimachinery's `pkg/util/rand`.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_STEP = re.compile(
    r"""\.?((?:[^.\[\]\\]|\\.)+)|\[(-?\d+|\*)\]|\[\?\(@\.(\S+?)\s*==\s*["'](.*?)["']\)\]"""
)


@cache
def data(name: str) -> Any:
    """Return what a data file of this package says, such as `formats`."""
    text = files("bot.demo.cluster").joinpath(f"{name}.yaml").read_text("utf-8")
    return yaml.load(text, yaml.CSafeLoader)


def micro(moment: datetime) -> str:
    """Return the moment as Kubernetes writes it where microseconds matter."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(value: object) -> str:
    """Return ten letters, the same for the same value: what the hashes in names look like."""
    raw = sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in raw[:10])


def without_empty(fields: Json) -> Json:
    """Return the fields that have something in them."""
    return {key: value for key, value in fields.items() if value}


def at(item: Json, path: str, default: Any = None) -> Any:
    """Return the value at `spec.replicas`, or the default where there is none."""
    value: Any = item
    for key in path.split("."):
        if not isinstance(value, dict):
            return default
        value = value.get(key)
    return default if value is None else value


def found(item: Any, path: str) -> list[Any]:
    """Return every value that a JSONPath such as `.spec.tags[*]` finds; all there is for none."""
    values = [item]
    for step in _STEP.finditer(path):
        values = [each for value in values for each in _step(value, *step.groups())]
    return values


def _step(value: Any, field: str | None, index: str | None, key: str, wanted: str) -> list[Any]:
    if field and isinstance(value, dict):
        chosen = [value.get(field.replace("\\", ""))]
    elif field or not isinstance(value, list):
        chosen = []
    elif index:
        chosen = value if index == "*" else value[int(index) :][:1]
    else:
        chosen = [each for each in value if str(at(each, key)) == wanted]
    return [each for each in chosen if each is not None]


def holds(item: Json, condition: str) -> bool:
    """Return whether the first text that a path finds is as `spec.type=A|B` says; none is empty."""
    path, _, pattern = condition.rpartition("=")
    return re.fullmatch(pattern, str(next(iter(found(item, path)), ""))) is not None


def wrong(value: str, form: str) -> list[str]:
    """Return what is wrong with a value of a form: `label_key` or one of formats.yaml."""
    if form == "label_key":
        return _wrong_key(value)
    rule, size = data("formats")[form], len(value.encode())
    told = f"must be no more than {rule.get('longest')} {rule.get('unit', 'bytes')}"
    long = [told] if size > rule.get("longest", size) else []
    return long if re.fullmatch(rule["pattern"], value) else [*long, _sentence(rule)]


def _wrong_key(key: str) -> list[str]:
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix:
        rule = _sentence(data("formats")["qualified"])
        optional = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a valid label key {rule} {optional}"]
    first = wrong(prefix, "subdomain") if prefix else ["must be non-empty"] if slash else []
    second = [*([] if name else ["must be non-empty"]), *wrong(name, "qualified")]
    return [f"prefix part {each}" for each in first] + [f"name part {each}" for each in second]


def _sentence(rule: Any) -> str:
    examples = " or ".join(f"'{example}', " for example in rule.get("examples", ()))
    shown = f" (e.g. {examples}regex used for validation is '{rule['pattern']}')"
    return f"{rule['rule']}{shown if examples else ''}"
