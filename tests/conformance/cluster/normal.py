"""What of an answer is compared: everything but what no two clusters share.

Ignored are generated names, times, ages, uids, versions, addresses, and of pods what the bed's
simulated kubelet does not tell. Pure.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonpointer import JsonPointer

from tests.conformance.cluster.case import Pointers

# Kubernetes makes names of these alone: no vowels, nothing that looks like another
# (k8s.io/apimachinery/pkg/util/rand).
_LETTERS = "[bcdfghjklmnpqrstvwxz2456789]"
_TEXTS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "<time>"),
    (re.compile(r"(?<![\d.])\d{1,3}(\.\d{1,3}){3}(?![\d.])"), "<ip>"),
    (
        re.compile(r"(resource ?version(?: in \w+(?: \w+)?)?:? ?)\(?\d+\)?( \(\d+\))?", re.I),
        r"\1<version>",
    ),
    # Events are named by the nanosecond, and the scheduler by its host.
    (re.compile(r"(?<=\.)[0-9a-f]{16}(?![0-9a-f])"), "<id>"),
    (re.compile(r"default-scheduler-[\w-]+"), "default-scheduler-<host>"),
    (re.compile(r"((?:pod-template|controller-revision)-hash=)[a-z0-9]+"), r"\1<hash>"),
    (re.compile(rf"-{_LETTERS}{{7,10}}-{_LETTERS}{{5}}(?![a-z0-9])"), "-<hash>-<id>"),
    (re.compile(rf"-{_LETTERS}{{8,10}}(?![a-z0-9])"), "-<hash>"),
    (re.compile(rf"-{_LETTERS}{{5}}(?![a-z0-9])"), "-<id>"),
)
_VALUES = {
    "resourceVersion": "<version>",
    "pod-template-hash": "<hash>",
    "controller-revision-hash": "<hash>",
    "controller.kubernetes.io/hash": "<hash>",
    "continue": "<continue>",
    "token": "<token>",
}
_AGES = ("Age", "Last Seen", "First Seen", "Duration", "Last Schedule", "Restarts", "Created At")
_UNKNOWN = ("<unknown>", "<none>")
_ADDRESSES = {"ip", "podIP", "podIPs", "hostIP", "hostIPs", "clusterIP", "clusterIPs"}
# What the bed's kubelet (KWOK) makes up or leaves out.
_POD_STATUS = ("phase", "reason", "qosClass", "conditions", "containerStatuses")
_CONDITION = ("type", "status", "reason")
_CONTAINER = ("name", "image", "ready", "state")


def normal(body: Any, names: Mapping[str, str], *, managed: bool = False) -> Any:
    """Return the body with stable words in place of what is ignored.

    `names` says what else is replaced: the case's namespace and what it saved, by `{name}`.
    """
    return _ordered(_value(_shown(body, managed=managed), names))


def kept(body: Any, pointers: Pointers) -> Any:
    """Return only what JSON Pointers into the normal body show, by pointer; None shows it all."""
    if pointers is None:
        return body
    return {pointer: JsonPointer(pointer).resolve(body, "<nothing>") for pointer in pointers}


def _shown(value: Any, *, managed: bool) -> Any:
    if isinstance(value, list):
        return [_shown(each, managed=managed) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "Table":
        value = value | {"rows": [_row(row, _ages(value)) for row in value.get("rows") or ()]}
    if "containers" in value.get("spec", ()) and "phase" in value.get("status", ()):
        value = value | {"status": _pod_status(value["status"])}
    return {
        key: _shown(each, managed=managed)
        for key, each in value.items()
        if managed or key != "managedFields"
    }


def _ages(table: dict[str, Any]) -> list[int]:
    columns = table.get("columnDefinitions") or ()
    return [place for place, column in enumerate(columns) if column["name"] in _AGES]


def _row(row: dict[str, Any], ages: list[int]) -> dict[str, Any]:
    cells = [
        "<age>" if place in ages and cell not in _UNKNOWN else cell
        for place, cell in enumerate(row["cells"])
    ]
    return row | {"cells": cells}


def _pod_status(status: dict[str, Any]) -> dict[str, Any]:
    shown = {key: status[key] for key in _POD_STATUS if key in status}
    for key, fields in (("conditions", _CONDITION), ("containerStatuses", _CONTAINER)):
        if key in shown:
            shown[key] = [_only(each, fields) for each in shown[key]]
    if "conditions" in shown:
        shown["conditions"].sort(key=lambda each: each["type"])
    return shown


def _only(value: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: value[field] for field in fields if field in value}


def _value(value: Any, names: Mapping[str, str]) -> Any:
    match value:
        case dict():
            return {_text(key, names): _field(key, each, names) for key, each in value.items()}
        case list():
            return [_value(each, names) for each in value]
        case str():
            return _text(value, names)
        case _:
            return value


def _field(key: str, value: Any, names: Mapping[str, str]) -> Any:
    if key in _VALUES and isinstance(value, str) and value:
        return _VALUES[key]
    if key in _ADDRESSES and value and value != "None":
        return "<ip>" if isinstance(value, str) else [_field("ip", each, names) for each in value]
    return _value(value, names)


def _text(text: str, names: Mapping[str, str]) -> str:
    for name, word in names.items():
        if len(word) > 4:  # a short one is no name, and stands in other words
            text = text.replace(word, f"{{{name}}}")
    return _masked(text)


@lru_cache(10_000)  # most texts are names of fields, which stand in each answer
def _masked(text: str) -> str:
    for pattern, word in _TEXTS:
        text = pattern.sub(word, text)
    return text


def _ordered(value: Any) -> Any:
    """Return the value with lists of generated names in an order of their own."""
    if isinstance(value, dict):
        return {key: _ordered(each) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    items = [_ordered(each) for each in value]
    if any(isinstance(each, dict) and _generated(each) for each in items):
        items.sort(key=lambda each: json.dumps(each, sort_keys=True))
    return items


def _generated(each: dict[str, Any]) -> bool:
    metadata = each.get("metadata") or (each.get("object") or {}).get("metadata") or {}
    return str(metadata.get("name", "")).endswith(("<id>", "<hash>"))
