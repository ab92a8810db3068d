"""Both ways in which Slack reaches the bot: every story is told over each."""

import pytest

from bot.demo.slack.workspace import TransportKind


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> TransportKind:
    kind: TransportKind = request.param
    return kind
