"""What needs a cluster is generated, sent and said as kubectl does it, on a real control plane."""

import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.terminal import open_terminal
from tests.cluster.bed import Bed
from tests.conformance.generators.answers import Answer, without_log
from tests.conformance.generators.cluster_phrases import DONE, SHOWN, lines
from tests.conformance.generators.phrases import words_about

pytestmark = pytest.mark.peers

OBJECTS = Path(__file__).with_name("cluster.yaml").read_text()
KINDS = (
    "serviceaccounts,deployments,jobs,cronjobs,configmaps,services,ingresses,resourcequotas,"
    "poddisruptionbudgets,roles,rolebindings"
)
CLUSTER_WIDE = ("priorityclass/made", "clusterrole/made", "clusterrolebinding/made")


@pytest.fixture(scope="module")
def there(bed: Bed) -> Iterator[None]:
    bed.kubectl.out("apply", "-f=-", stdin=OBJECTS)
    yield
    bed.kubectl.out("delete", "namespace/exposed", "--wait=false")


async def ours(bed: Bed, words: list[str]) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    async with open_terminal(str(bed.kubeconfig)) as opened:
        terminal = replace(opened, out=out, err=err)
        code = await terminal.run(shlex.join(words), yes=True)
    return Answer(code, out.getvalue(), err.getvalue())


def theirs(bed: Bed, words: list[str]) -> Answer:
    done = bed.kubectl(*words)
    return Answer(done.returncode, done.stdout, without_log(done.stderr))


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("phrase", lines(SHOWN))
async def test_the_object_is_kubectls(bed: Bed, phrase: str) -> None:
    words = shlex.split(words_about(phrase))
    answer = await ours(bed, words)
    # Where several labels or protocols come out of a Go map, their order is by chance.
    tries = [theirs(bed, words) for _ in range(1)]
    while answer not in tries and len(tries) < 6:
        tries.append(theirs(bed, words))
    assert answer in tries, tries[0]


async def test_what_is_made_and_said_is_kubectls(bed: Bed) -> None:
    heard = []
    for doing in (theirs, ours):
        answers, objects = await made(bed, doing)
        heard.append((answers, objects))
    (their_answers, their_objects), (our_answers, our_objects) = heard
    for phrase, theirs_, ours_ in zip(lines(DONE), their_answers, our_answers, strict=True):
        assert ours_ == theirs_, phrase
    for theirs_, ours_ in zip(their_objects, our_objects, strict=True):
        assert ours_ == theirs_
    assert len(our_objects) > 20


async def made(bed: Bed, doing: Any) -> tuple[list[Answer], list[Any]]:
    """Return what is answered to each phrase, and what there is after all of them."""
    answers = []
    try:
        for phrase in lines(DONE):
            answer = doing(bed, shlex.split(phrase))
            answers.append(answer if isinstance(answer, Answer) else await answer)
        within = items(bed, f"{KINDS},secrets", "-n=made")
        return answers, [bare(item) for item in (*within, *items(bed, *CLUSTER_WIDE))]
    finally:
        bed.kubectl.out("delete", *CLUSTER_WIDE, "--ignore-not-found")
        bed.kubectl.out("delete", "namespace/made", "--ignore-not-found", seconds=60)


def items(bed: Bed, *words: str) -> list[Any]:
    shown = bed.kubectl.out("get", *words, "-o=yaml", "--show-managed-fields")
    found: list[Any] = yaml.safe_load(shown)["items"]
    return found


_CHANCE = re.compile(r"uid|resourceVersion|Timestamp|clusterIP|nodePort|^time$|Time\b")


def bare(item: Any) -> Any:
    """Return an object without what differs by chance; who owns its fields stays."""
    if isinstance(item, dict):
        found = {k: bare(v) for k, v in item.items() if k == "f:nodePort" or not _CHANCE.search(k)}
        found.pop("status", None)
        if "managedFields" in found:
            found["managedFields"] = [
                one for one in found["managedFields"] if one["manager"].startswith("kubectl")
            ]
        return found
    return [bare(one) for one in item] if isinstance(item, list) else item
