"""No read command gives a Secret's value away, whatever is typed."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from bot.terminal import Terminal, open_terminal
from tests.cluster.bed import Bed
from tests.commands.secret_attempts import NAMESPACE, attempts, guesses
from tests.every import every

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

ATTEMPTS = list(attempts())
VALUES = {
    "password": "correct-horse-battery-cable",
    "user": "zanzibar-administrator",
    "tls.key": "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEAq0V3m2xz\n",
}
# What a ServiceAccount's token brings along, and is no secret.
PUBLIC = ("namespace", "ca.crt")
# Of one length each, of letters that no uid has; sorted by value they stand in another order than
# by name.
ORDERED = {"order-a": "wwwwwwww", "order-b": "uuuuuuuu", "order-c": "vvvvvvvv"}
CONTROL = f"get secret vault -n {NAMESPACE} -o jsonpath={{.data.password}}"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def secret(name: str, values: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": NAMESPACE,
            "labels": {"in": name.partition("-")[0]},
        },
        "data": {key: encoded(value) for key, value in values.items()},
    }


def _account() -> dict[str, object]:
    """Return a Secret that a real cluster fills with a token of the ServiceAccount."""
    metadata = {
        "name": "account",
        "namespace": NAMESPACE,
        "annotations": {"kubernetes.io/service-account.name": "default"},
    }
    kind = "kubernetes.io/service-account-token"
    data = {"extra": encoded("the-extra-of-an-account")}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "data": data}


def _copied() -> dict[str, object]:
    """Return a Secret whose values stand in its annotations, too, as kapp puts them there."""
    copied = secret("copied", VALUES)
    manifest = json.dumps({"kind": "Secret", "stringData": VALUES})
    copies = {"kapp.k14s.io/original": manifest, "copy": f"it is {VALUES['password']}"}
    return copied | {"metadata": {**copied["metadata"], "annotations": copies}}


def objects() -> list[object]:
    about = {"kind": "Secret", "name": "vault", "namespace": NAMESPACE, "apiVersion": "v1"}
    source = {"secretKeyRef": {"name": "vault", "key": "password"}}
    container = {"name": "app", "image": "app", "env": [{"name": "P", "valueFrom": source}]}
    names = {"namespace": NAMESPACE}
    return [
        secret("vault", VALUES),
        secret("token", {"token": VALUES["user"]}),
        _account(),
        _copied(),
        *(secret(name, {"password": value}) for name, value in ORDERED.items()),
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "user", **names},
            "spec": {"schedulerName": "nobody", "containers": [container]},
        },
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": "about", **names},
            "involvedObject": about,
            "reason": "Looked",
            "message": "somebody looked at the Secret vault",
            "type": "Normal",
        },
    ]


@pytest.fixture(scope="module")
def vaults(bed: Bed) -> Iterator[Bed]:
    """Have Secrets in a namespace of their own, put there by `kubectl apply`."""
    listed = {"apiVersion": "v1", "kind": "List", "items": objects()}
    gone = ("delete", "namespace", NAMESPACE, "--ignore-not-found")
    bed.kubectl.out(*gone, seconds=90)
    bed.kubectl.out("create", "namespace", NAMESPACE)
    # Before it is there, its controller deletes what is to hold a token of it.
    there = ("wait", "serviceaccount/default", "-n", NAMESPACE, "--for=create")
    bed.kubectl.out(*there, "--timeout=20s")
    bed.kubectl.out("apply", "--validate=false", "-f=-", stdin=json.dumps(listed))
    if not bed.simulated:
        filled = ("wait", "secret/account", "-n", NAMESPACE, "--for=jsonpath={.data.token}")
        bed.kubectl.out(*filled, "--timeout=20s")
    yield bed
    bed.kubectl.out(*gone, "--wait=false", seconds=90)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def terminal(vaults: Bed) -> AsyncIterator[Terminal]:
    """Yield one terminal for all attempts, as the cluster's administrator."""
    async with open_terminal(str(vaults.kubeconfig)) as opened:
        yield opened


async def said(terminal: Terminal, phrase: str) -> tuple[int, str]:
    """Return the exit code, and all that is written to both streams."""
    both = io.StringIO()
    async with asyncio.timeout(30):
        code = await replace(terminal, out=both, err=both).run(phrase, yes=True)
    return code, both.getvalue()


@pytest.fixture(scope="module")
def fragments(vaults: Bed) -> tuple[str, ...]:
    """Return halves of every value that is there, in the shapes in which it could be printed."""
    stored = vaults.kubectl.items("secrets", "-n", NAMESPACE)
    values = {
        base64.b64decode(value).decode()
        for secret in stored
        for key, value in secret["data"].items()
        if key not in PUBLIC
    }
    assert values >= {*VALUES.values(), *ORDERED.values()}
    return tuple(half for value in values for half in _halves(value))


def _halves(value: str) -> Iterator[str]:
    for shown in (value, encoded(value), value.encode().hex(), value[::-1]):
        middle = len(shown) // 2
        yield from (shown[:middle], shown[middle:])


@every("phrase", ATTEMPTS)
async def test_no_attempt_gets_a_value(
    phrase: str, terminal: Terminal, fragments: tuple[str, ...]
) -> None:
    _, text = await said(terminal, phrase)
    assert [each for each in fragments if each in text] == []


async def test_the_values_are_there_to_be_had(vaults: Bed) -> None:
    assert vaults.kubectl.out(*CONTROL.split()) == encoded(VALUES["password"])


async def test_an_answer_about_secrets_is_given_all_the_same(terminal: Terminal) -> None:
    assert await said(terminal, CONTROL) == (0, "<27 bytes>")
    code, text = await said(terminal, f"describe secret vault -n {NAMESPACE}")
    assert code == 0
    assert "password:  27 bytes" in text


@pytest.mark.parametrize(
    ("right", "wrong"), list(guesses(encoded(VALUES["password"]))), ids=lambda text: text[:40]
)
async def test_a_right_guess_is_answered_as_a_wrong_one(
    right: str, wrong: str, terminal: Terminal
) -> None:
    found, expected = await said(terminal, right), await said(terminal, wrong)
    guess = encoded(VALUES["password"])
    # What was typed may be repeated.
    assert found == (expected[0], expected[1].replace("A" * len(guess), guess))


@pytest.mark.parametrize("form", ["", "-o name", "-o custom-columns=N:.metadata.name"])
@pytest.mark.parametrize("field", [".data.password", "{.data.password}"])
async def test_the_order_of_rows_says_nothing_about_the_values(
    field: str, form: str, terminal: Terminal
) -> None:
    phrase = f"get secrets -l in=order -n {NAMESPACE} {form} --sort-by={field}"
    code, text = await said(terminal, phrase)
    assert code == 0
    places = [text.index(name) for name in ORDERED]
    assert places == sorted(places)


async def test_there_are_more_than_two_hundred_attempts() -> None:
    assert len(set(ATTEMPTS)) >= 200
