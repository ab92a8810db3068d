"""discovery.json is what a real API server tells of the kinds that are in scope."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.demo.cluster.kinds import KINDS, Kind, Kinds, groups

REAL = json.loads(Path(__file__).with_name("discovery.json").read_text("utf-8"))


def told(kinds: Kinds) -> Iterator[tuple[str, dict[str, Any]]]:
    for core in (True, False):
        for group in json.loads(json.dumps(groups(kinds.values(), core=core)))["items"]:
            ending = f".{group['metadata']['name']}" if group["metadata"] else ""
            for version in group["versions"]:
                for resource in version["resources"]:
                    yield f"{version['version']} {resource['resource']}{ending}", resource


def test_every_kind_is_told_of_as_a_real_server_does() -> None:
    assert dict(told(Kinds())) == REAL
    assert len(REAL) == len(KINDS)


def test_a_custom_resource_is_told_of_while_it_is_served() -> None:
    kinds = Kinds()
    kinds["widgets.example.org"] = Kind("Widget", "widgets", "example.org", short=("wd",))
    assert dict(told(kinds))["v1 widgets.example.org"]["shortNames"] == ["wd"]
    del kinds["widgets.example.org"]
    assert dict(told(kinds)) == REAL
