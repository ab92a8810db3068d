"""How names, label keys and label values must be written, in the API server's own sentences."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def data(name: str) -> Any:
    """Return what a data file of this package says, such as `formats`."""
    text = files("bot.demo.cluster").joinpath(f"{name}.yaml").read_text("utf-8")
    return yaml.load(text, yaml.CSafeLoader)


def wrong(value: str, form: str) -> list[str]:
    """Return what is wrong with a value of a form: `label_key` or one of formats.yaml."""
    if form == "label_key":
        return _wrong_key(value)
    rule = data("formats")[form]
    long = len(value.encode()) > rule.get("longest", len(value.encode()))
    found = [f"must be no more than {rule['longest']} {rule.get('unit', 'bytes')}"] if long else []
    return found if re.fullmatch(rule["pattern"], value) else [*found, _sentence(rule)]


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
