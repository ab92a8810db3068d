"""A workspace with two people, a channel that the bot is in, and one that it is not in."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import client_of


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that starts now, because signatures are checked so."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Workspace]:
    async with Workspace(clock=clock) as workspace:
        yield workspace


@pytest.fixture
def client(slack: Workspace) -> AsyncWebClient:
    return client_of(slack)


@pytest.fixture
def ada(slack: Workspace) -> Person:
    return slack.user("ada", groups=["sre"], email="ada@example.com")


@pytest.fixture
def eve(slack: Workspace) -> Person:
    return slack.user("eve")


@pytest.fixture
def shop(slack: Workspace, ada: Person, eve: Person) -> Channel:
    return slack.channel("shop", members=[ada, eve, slack.bot])
