"""What a command declares is enough: each example works in the constrained form as in the classic.

The constrained role is made of the declarations, so a command that used more would be refused.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.commands import Registry
from bot.core.clock import SystemClock
from bot.core.errors import ForbiddenError
from bot.core.picture import Picture
from bot.core.reply import Problem, Proposal
from bot.core.request import Person, Place, Request, Surface
from bot.engine.admission import Admission, AsTheyCome, MemoryDefaults
from bot.engine.dispatch import Engine
from bot.engine.monitoring import Instruments
from bot.engine.reading import Phrasebook
from bot.engine.waiting import in_memory
from bot.policy.decide import PolicyGate
from bot.policy.model import Policy
from bot.prometheus.options import Options
from bot.prometheus.sources import PrometheusSources
from bot.store.engine import Options as StoreOptions
from bot.store.engine import open_store
from bot.store.watches import Watches
from tests.cluster.bed import Bed, Monitors
from tests.cluster.fixtures import monitored
from tests.commands.example_files import attached
from tests.deploy.forms import Form, fleet
from tests.engine.rig import Answer, Ledger
from tests.store.migrated import migrated

pytestmark = pytest.mark.peers

POLICY = Policy.model_validate(
    {
        "version": 1,
        "channels": {"CSHOP": {"namespaces": ["shop"]}},
        "people": [{"slack": "UADA", "groups": ["quarterdeck:admins"]}],
    }
)
# No tier reads Secrets; and no example has left the number behind that this one asks for.
ELSEWHERE = ("secret/", "--current-replicas=")
EXAMPLES = [
    pytest.param(example, id=example)
    for command in Registry().all()
    if command.access
    for example in command.examples
    if not any(word in example for word in ELSEWHERE)
]
# What stops before it needs a right: the policy does it for nobody or from another channel, no tier
# that is shipped has the right, or no object is there in the state that it is for.
STOPPED = (
    *("annotate pods", "label pods", "cordon", "uncordon", "drain", "taint"),
    *("create clusterrole", "create namespace", "create priorityclass", "create quota"),
    *("create role", "create secret", "create serviceaccount"),
    *("delete -f", "rollout resume", "rollout undo", "prom expire", "prom unwatch"),
)
# What no role declares is refused in these words, whoever asks.
CAP = "cannot impersonate"


@pytest.fixture(scope="session")
def monitors(bed: Bed, request: pytest.FixtureRequest) -> Iterator[Monitors]:
    """Yield what measures the cluster, which few examples ask."""
    with monitored(bed, request) as found:
        yield found


class Blank:
    """Draws nothing: which rights a picture needs is known before it is drawn."""

    async def draw(self, picture: Picture) -> bytes:
        return b""


@asynccontextmanager
async def engine(
    bed: Bed, form: Form, monitors: Monitors | None = None, store: str = ""
) -> AsyncIterator[Engine]:
    """Run an engine that asks what measures the cluster, and keeps watches in the store."""
    clock, instruments = SystemClock(), None
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(fleet(bed, form))
        if monitors is not None:
            options = Options(url=monitors.prometheus, alertmanager=monitors.alertmanager)
            sources = PrometheusSources(options, clock)
            stack.push_async_callback(sources.close)
            kept = await stack.enter_async_context(open_store(StoreOptions(url=SecretStr(store))))
            watches = Watches(kept, clock, "one")
            instruments = Instruments(sources, Blank(), watches=watches)
        admission = Admission(PolicyGate(lambda: POLICY), opened, MemoryDefaults(), AsTheyCome())
        book, waiting = Phrasebook(Registry()), in_memory(clock)
        yield Engine(
            *(book, admission, waiting, clock, Ledger()), seconds=20, instruments=instruments
        )


def typed(text: str) -> Request:
    person, place = Person("T1/UADA"), Place(Surface.SLASH, "CSHOP")
    return Request("r-1", person, place, text, SystemClock().now(), attached(text))


async def said(running: Engine, phrase: str) -> Answer:
    """Return the answer; a change that is only tried is confirmed."""
    answer = Answer()
    await running.serve(typed(phrase), answer)
    proposals = [part for part in answer.parts if isinstance(part, Proposal)]
    if proposals and "--dry-run=server" in phrase:
        answer = Answer()
        await running.confirm(proposals[0].ticket, typed(""), answer)
    return answer


@pytest.mark.parametrize("example", EXAMPLES)
async def test_an_example_needs_nothing_that_is_not_declared(
    bed: Bed, form: Form, example: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    measured = example.startswith("prom ")
    monitors = request.getfixturevalue("monitors") if measured else None
    store = migrated(tmp_path) if measured else ""
    async with engine(bed, form, monitors, store) as running:
        answer = await said(running, example)
    assert CAP not in answer.text
    errors = [part.error for part in answer.parts if isinstance(part, Problem)]
    assert not any(isinstance(error, ForbiddenError) for error in errors), answer.text
    if not example.startswith(STOPPED):
        assert answer.code == int(example.startswith("diff ")), answer.text


async def test_what_nothing_declares_is_refused_in_the_constrained_form(
    bed: Bed, form: Form
) -> None:
    async with engine(bed, form) as running:
        answer = await said(running, "get secrets -n shop")
    assert (CAP in answer.text) == (form.name == "constrained")
    assert answer.code == 1
