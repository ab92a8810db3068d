"""What Slack makes of typed text before the bot sees it, and of sent text before people do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.slack.mrkdwn import escaped, plain, typed


@pytest.mark.parametrize(
    ("text", "received"),
    [
        pytest.param("a<b & c>d", "a&lt;b &amp; c&gt;d", id="entities"),
        pytest.param(
            "use prod.example.com", "use <http://prod.example.com|prod.example.com>", id="host"
        ),
        pytest.param(
            "see https://x.test/a?b=1&c=2", "see <https://x.test/a?b=1&amp;c=2>", id="address"
        ),
        pytest.param(
            "docker.io/nginx:1", "<http://docker.io/nginx:1|docker.io/nginx:1>", id="image"
        ),
        pytest.param("ada@x.io", "<mailto:ada@x.io|ada@x.io>", id="mail"),
        pytest.param(
            "get pods.metrics.k8s web-0.web", "get pods.metrics.k8s web-0.web", id="names"
        ),
    ],
)
def test_typed_text_is_escaped_and_linked(text: str, received: str) -> None:
    assert typed(text) == received
    assert plain(received, str) == text


@given(st.text())
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    assert plain(escaped(text), str) == text
