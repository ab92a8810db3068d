"""T16: whatever a person causes carries that person; the bot's own account does nothing for them.

Every example of every command is run through the engine with the bot's own token, and the API
server's audit log is asked as whom each request came.
"""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.commands import Registry
from bot.core.clock import SystemClock
from bot.core.errors import KubernetesError
from bot.core.request import Impersonated, Request
from bot.engine.admission import Admission, AsTheyCome, MemoryDefaults
from bot.engine.dispatch import Engine
from bot.engine.lookups import Lookups
from bot.engine.reading import Phrasebook
from bot.engine.waiting import in_memory
from bot.kube.credentials import Kubeconfig
from bot.kube.fleet import Fleet, Options
from bot.kube.impersonation import OPEN_PATHS
from bot.kube.transport import Call, Transport
from bot.policy.decide import PolicyGate
from bot.policy.model import Policy
from tests.cluster.audit import AuditLog, Event
from tests.cluster.bed import BOT, NAME, Bed
from tests.commands.example_files import attached
from tests.engine.rig import ADA, POLICY, SHOP, Answer, Ledger

pytestmark = pytest.mark.boxed

ACCOUNT = f"system:serviceaccount:{BOT[0]}:{BOT[1]}"
EXAMPLES = [
    pytest.param(example, id=example)
    for command in Registry().all()
    for example in command.examples
    if command.access
]


@dataclass(frozen=True)
class Chat:
    """An engine as the bot in chat has it, with its own token and nothing else."""

    engine: Engine
    ledger: Ledger

    async def say(self, text: str) -> Answer:
        answer, now = Answer(), SystemClock().now()
        request = Request(secrets.token_hex(4), ADA, SHOP, text, now, attached(text))
        await self.engine.serve(request, answer)
        return answer


@pytest_asyncio.fixture
async def chat(bed: Bed) -> AsyncIterator[Chat]:
    clock, ledger = SystemClock(), Ledger()
    policy = Policy.model_validate(POLICY)
    fleet = Fleet(Options(kubeconfig=str(bed.bot_kubeconfig)), clock, environment={})
    admission = Admission(PolicyGate(lambda: policy), fleet, MemoryDefaults(), AsTheyCome())
    lookups = Lookups(admission, clock, ledger)
    engine = Engine(
        *(Phrasebook(Registry()), admission, in_memory(clock), clock, ledger), lookups=lookups
    )
    try:
        yield Chat(engine, ledger)
    finally:
        await lookups.close()
        await fleet.close()


def by_the_bot(audit: AuditLog, since: int) -> list[Event]:
    return [event for event in audit.events(since) if event["user"]["username"] == ACCOUNT]


@pytest.mark.parametrize("example", EXAMPLES)
async def test_t16_each_request_that_an_example_makes_is_its_persons(
    chat: Chat, audit: AuditLog, example: str
) -> None:
    since = audit.position()
    await chat.say(example)
    [(request, _, audit_ids)] = chat.ledger.lines
    if not audit_ids:
        # What the policy refuses beforehand, or what needs no cluster, asks for nothing.
        asked = {event["requestURI"].partition("?")[0] for event in by_the_bot(audit, since)}
        assert asked <= OPEN_PATHS
        return
    await audit.of(audit_ids[-1:], since)
    for event in by_the_bot(audit, since):
        if event["requestURI"].partition("?")[0] in OPEN_PATHS:
            assert "impersonatedUser" not in event
            continue
        extra = event["impersonatedUser"]["extra"]
        assert event["impersonatedUser"]["username"] == "quarterdeck:user"
        assert extra["quarterdeck.dev/person"] == [ADA.key]
        assert extra["quarterdeck.dev/request"] == [request]


async def test_t16_a_websocket_is_its_persons_too(bed: Bed, audit: AuditLog) -> None:
    since, request, clock = audit.position(), secrets.token_hex(4), SystemClock()
    extras = (("quarterdeck.dev/person", ADA.key), ("quarterdeck.dev/request", request))
    who = Impersonated("quarterdeck:user", ("quarterdeck:viewers",), extras)
    path = "/api/v1/namespaces/shop/pods/db-0/exec"
    call = Call(path, who, request, 10, parameters={"command": "true", "stdout": "true"})
    transport = Transport(Kubeconfig(str(bed.bot_kubeconfig), clock, {}).source(NAME), clock)
    with pytest.raises(KubernetesError, match="Forbidden"):
        async with transport.websocket(call, ("v5.channel.k8s.io",)):
            pass
    await transport.close()
    event = await audit.awaited(lambda one: path in one["requestURI"], since)
    assert event["impersonatedUser"]["extra"]["quarterdeck.dev/request"] == [request]
    assert "quarterdeck:viewers" in event["impersonatedUser"]["groups"]
