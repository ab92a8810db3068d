"""The environment of containers: how it is changed, and how it is shown. Pure.

Rules and texts: kubectl 1.37 `pkg/cmd/set/{set_env,helper}.go`, `pkg/cmd/set/env`.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.core.errors import UsageError
from bot.core.ports import JsonObject
from bot.core.quoting import quote

Variable: TypeAlias = dict[str, Any]
"""One entry of a container's `env`."""

_ASSIGNS = re.compile(r".+=.*", re.DOTALL)
# apimachinery `pkg/util/validation`, IsEnvVarName.
_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_UNFIT = re.compile(r"[^a-zA-Z0-9_]")


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which variables are to be there, and which are not."""

    new: tuple[Variable, ...]
    gone: frozenset[str]


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words for objects, and those for variables.

    Raises:
        UsageError: an object stands behind a variable.
    """
    objects, variables = list[str](), list[str]()
    for each in arguments:
        if _ASSIGNS.fullmatch(each) or each.endswith("-"):
            variables.append(each)
        elif variables:
            raise UsageError(
                "error: all resources must be specified before environment changes:"
                f" {' '.join(arguments)}"
            )
        else:
            objects.append(each)
    return objects, variables


def read_wishes(words: Sequence[str]) -> Wishes:
    """Return what `NAME=VALUE` and `NAME-` ask for.

    Raises:
        UsageError: a name is none, or is both set and removed.
    """
    new = tuple(_variable(word) for word in words if "=" in word)
    gone = frozenset(word[:-1] for word in words if "=" not in word and word.endswith("-"))
    for word in words:
        if "=" not in word and not word.endswith("-"):
            raise UsageError(f"error: unknown environment variable: {word}")
        if word == "-":
            raise UsageError(
                "error: variables are not read from standard input here",
                next_step="Write them behind the object, as NAME=VALUE.",
            )
    if gone & {each["name"] for each in new}:
        raise UsageError(
            "error: can not both modify and remove the same environment variable"
            " in the same command"
        )
    return Wishes(new, gone)


def _variable(word: str) -> Variable:
    name, _, value = word.partition("=")
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"error: {quote(name)} is not a valid key name: a valid environment variable name must"
            " consist of alphabetic characters, digits, '_', '-', or '.', and must not start with"
            " a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for"
            f" validation is '{_NAME.pattern}')"
        )
    # What is empty is left out, as Go does.
    return {"name": name, "value": value} if value else {"name": name}


def name_of(key: str) -> str:
    """Return the variable's name that a key of a ConfigMap or a Secret becomes."""
    return _UNFIT.sub("_", key).upper()


def changed(existing: Sequence[Variable], wishes: Wishes) -> list[Variable]:
    """Return the variables with the wishes in it, in kubectl's order; others' copies stay."""
    new = {each["name"]: each for each in reversed(wishes.new)}
    covered, result = set(wishes.gone), []
    for each in existing:
        name = each["name"]
        if name not in covered:
            result.append(new.get(name, each))
        if name in new:
            covered.add(name)
    for each in wishes.new:
        if each["name"] not in covered:
            covered.add(each["name"])
            result.append(new[each["name"]])
    return result


def clash(existing: Sequence[Variable], wishes: Wishes) -> str:
    """Return what is said of the first variable that would be overwritten; empty: none is."""
    there = {each["name"]: each for each in reversed(existing)}
    for each in wishes.new:
        old = there.get(each["name"])
        value = old.get("value", "") if old is not None else each.get("value", "")
        if value != each.get("value", ""):
            return f"'{each['name']}' already has a value ({value}), and --overwrite is false"
    return ""


def fits(name: str, spec: str) -> bool:
    """Tell whether a container's name is one of those that a word with `*` means."""
    return re.fullmatch(".*".join(map(re.escape, spec.split("*"))), name) is not None


def reference(source: JsonObject) -> str:
    """Return where a variable's value comes from."""
    match source:
        case {"configMapKeyRef": ref}:
            return f"configmap {ref['name']}, key {ref['key']}"
        case {"secretKeyRef": ref}:
            return f"secret {ref['name']}, key {ref['key']}"
        case {"fieldRef": ref}:
            return f"field path {ref['fieldPath']}"
        case {"resourceFieldRef": ref}:
            prefix = f"{ref['containerName']}/" if ref.get("containerName") else ""
            return f"resource field {prefix}{ref['resource']}"
        case _:
            return "invalid valueFrom"


def differences(
    existing: Sequence[Variable], result: Sequence[Variable]
) -> Iterator[tuple[str, str, str]]:
    """Yield each variable that is different, with what it is and what it will be."""
    before = {each["name"]: each for each in existing}
    after = {each["name"]: each for each in result}
    for name in before | after:
        if before.get(name) != after.get(name):
            yield name, _shown(before.get(name)), _shown(after.get(name))


def _shown(variable: Variable | None) -> str:
    if variable is None:
        return "none"
    if "valueFrom" in variable:
        return reference(variable["valueFrom"])
    return str(variable.get("value", "")) or '""'


def keys_of(source: JsonObject, wanted: Collection[str]) -> list[str]:
    """Return those of an object's keys that are wanted, sorted; nothing wanted: all of them."""
    return [key for key in sorted(source.get("data") or {}) if not wanted or key in wanted]
