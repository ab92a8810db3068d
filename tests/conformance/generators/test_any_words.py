"""Whatever the words are, `create` makes of them what kubectl makes of them."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.terminal import Terminal
from tests.conformance.generators.answers import ours, theirs

pytestmark = pytest.mark.peers

EXAMPLES = 30
# Names, texts and numbers that are near to being right, so that some are and some are not.
NAMES = st.from_regex(r"\A[a-z][a-z0-9-]{0,8}\Z")
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
NUMBERS = st.one_of(st.integers(-2, 70000).map(str), st.sampled_from(["", "x", "0x10", "1e3"]))
PORTS = st.one_of(NUMBERS, st.tuples(NUMBERS, st.one_of(NUMBERS, NAMES)).map(":".join))
LABELS = st.tuples(NAMES, st.sampled_from(["=", "==", "!=", " in ", ""]), NAMES).map("".join)
KEYS = st.one_of(NAMES, TEXTS)
QUANTITIES = st.tuples(
    st.integers(0, 5000).map(str), st.sampled_from(["", "m", "k", "Ki", "Gi", "Q", ".5"])
).map("".join)
RULES = st.tuples(
    st.sampled_from(["", "a.example.org", "*.b", "bad host"]),
    st.sampled_from(["/", "/x", "/x*", "", "/*"]),
    NAMES,
    st.one_of(NUMBERS, NAMES),
    st.sampled_from(["", ",tls", ",tls=s", ",no"]),
).map(lambda r: f"{r[0]}{r[1]}={r[2]}:{r[3]}{r[4]}")


def flag(name: str, values: st.SearchStrategy[str], most: int = 1) -> st.SearchStrategy[list[str]]:
    """Return the flag up to so many times."""
    return st.lists(values.map(lambda value: f"--{name}={value}"), max_size=most)


def command(phrase: str, *flags: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """Return the words of one command with some of its flags."""
    several = st.tuples(*flags, flag("namespace", NAMES)).map(lambda f: [w for ws in f for w in ws])
    return st.tuples(NAMES, several).map(lambda both: [*phrase.split(), both[0], *both[1]])


IMAGES = st.tuples(
    st.sampled_from(["", "example.org:5000/", "team/"]),
    NAMES,
    st.sampled_from(["", ":1.2", "@sha256:0", ":"]),
).map("".join)
COMMANDS = {
    "deployment": command(
        "create deployment",
        flag("image", IMAGES, 2),
        flag("port", NUMBERS),
        flag("replicas", NUMBERS),
    ),
    "job": command("create job", flag("image", IMAGES)),
    "cronjob": command(
        "create cronjob",
        flag("image", IMAGES),
        flag("schedule", TEXTS),
        flag("restart", TEXTS),
    ),
    "configmap": command(
        "create configmap",
        flag("from-literal", st.tuples(KEYS, TEXTS).map("=".join), 3),
        st.sampled_from([[], ["--append-hash"], ["--save-config"]]),
    ),
    "secret": command(
        "create secret generic",
        flag("from-literal", st.tuples(KEYS, TEXTS).map("=".join), 3),
        flag("type", NAMES),
        st.sampled_from([[], ["--append-hash"]]),
    ),
    "docker": command(
        "create secret docker-registry",
        flag("docker-username", TEXTS),
        flag("docker-password", TEXTS),
        flag("docker-email", TEXTS),
        st.just(["--append-hash"]),
    ),
    "clusterip": command(
        "create service clusterip",
        flag("tcp", PORTS, 2),
        flag("clusterip", st.sampled_from(["None", "10.0.0.1"])),
    ),
    "nodeport": command("create service nodeport", flag("tcp", PORTS, 2), flag("node-port", PORTS)),
    "externalname": command("create service externalname", flag("external-name", TEXTS)),
    "ingress": command(
        "create ingress",
        flag("rule", RULES, 3),
        flag("annotation", TEXTS),
        flag("default-backend", st.tuples(NAMES, NUMBERS).map(":".join)),
        flag("class", NAMES),
    ),
    "quota": command(
        "create quota",
        flag("hard", st.tuples(NAMES, QUANTITIES).map("=".join)),
        flag("scopes", st.lists(NAMES, max_size=3).map(",".join)),
    ),
    "budget": command(
        "create poddisruptionbudget",
        flag("selector", st.lists(LABELS, min_size=1, max_size=3).map(",".join)),
        flag("min-available", NUMBERS),
    ),
    "priorityclass": command(
        "create priorityclass", flag("value", NUMBERS), flag("description", TEXTS)
    ),
    "rolebinding": command(
        "create rolebinding",
        flag("role", NAMES),
        flag("clusterrole", NAMES),
        flag("user", TEXTS, 2),
        flag("group", TEXTS, 2),
        flag("serviceaccount", st.tuples(NAMES, NAMES).map(":".join)),
    ),
    "clusterrole": command(
        "create clusterrole",
        flag("verb", st.sampled_from(["get", "post", "*", "watch", "get,put"]), 2),
        flag("non-resource-url", TEXTS.map(lambda text: f"/{text}"), 2),
    ),
}


@pytest.mark.parametrize("kind", COMMANDS)
async def test_any_words_make_what_kubectl_makes(
    kind: str, terminal: Terminal, config: Path
) -> None:
    tried: list[Sequence[str]] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(COMMANDS[kind])
    def gather(words: list[str]) -> None:
        tried.append([*words, "--dry-run=client", "-o=yaml"])

    gather()
    for words in tried:
        assert await ours(terminal, words) == theirs(config, words), shlex.join(words)
