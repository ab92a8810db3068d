"""Every example of kubernetes.io/docs/reference/kubectl/jsonpath, on the page's own object."""

from typing import Any

from bot.kube import documents
from bot.kube.jsonpath.writing import printed
from tests.every import every

HOST = {"type": "LegacyHostIP", "address": "127.0.0.1"}
OBJECT: dict[str, Any] = {
    "kind": "List",
    "items": [
        {
            "kind": "None",
            "metadata": {
                "name": "127.0.0.1",
                "labels": {"kubernetes.io/hostname": "127.0.0.1"},
            },
            "status": {"capacity": {"cpu": "4"}, "addresses": [HOST]},
        },
        {
            "kind": "None",
            "metadata": {"name": "127.0.0.2"},
            "status": {
                "capacity": {"cpu": "8"},
                "addresses": [
                    {"type": "LegacyHostIP", "address": "127.0.0.2"},
                    {"type": "another", "address": "127.0.0.3"},
                ],
            },
        },
    ],
    "users": [
        {"name": "myself", "user": {}},
        {"name": "e2e", "user": {"username": "admin", "password": "secret"}},
    ],
}
# Where the page writes `map[cpu:4]`, kubectl has printed JSON for years.
EXAMPLES = {
    "kind is {.kind}": "kind is List",
    "{.kind}": "List",
    "{['kind']}": "List",
    r"{['metadata\.name']}": "",
    "{@}": documents.to_compact_json(OBJECT),
    "{.items[*].metadata.name}": "127.0.0.1 127.0.0.2",
    "{.users[0].name}": "myself",
    "{.users[-1].name}": "e2e",
    "{.users[0:1].name}": "myself",
    "{.users[-2:].name}": "myself e2e",
    "{.items[*]['metadata.name', 'status.capacity']}": (
        '127.0.0.1 127.0.0.2 {"cpu":"4"} {"cpu":"8"}'
    ),
    '{.users[?(@.name=="e2e")].user.password}': "secret",
    "{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}": (
        '[127.0.0.1, {"cpu":"4"}] [127.0.0.2, {"cpu":"8"}] '
    ),
    r"{range .items[*]}{.metadata.name}{'\t'}{end}": "127.0.0.1\t127.0.0.2\t",
    r"{.items[0].metadata.labels.kubernetes\.io/hostname}": "127.0.0.1",
    r'{range .items[*]}{.metadata.name}{"\t"}{.status.capacity.cpu}{"\n"}{end}': (
        "127.0.0.1\t4\n127.0.0.2\t8\n"
    ),
    '{.items[*].status.addresses[?(@.type=="LegacyHostIP")].address}': "127.0.0.1 127.0.0.2",
    "{.items[?(@.metadata.labels)].metadata.name}": "127.0.0.1",
}


@every(("template", "expected"), EXAMPLES.items(), ids=EXAMPLES)
def test_an_example_of_the_documentation_works(template: str, expected: str) -> None:
    assert printed(template, OBJECT) == expected


def test_the_recursive_example_finds_every_name() -> None:
    # kubectl walks through a map in an order of chance.
    found = printed("{..name}", OBJECT).split()
    assert sorted(found) == ["127.0.0.1", "127.0.0.2", "e2e", "myself"]
