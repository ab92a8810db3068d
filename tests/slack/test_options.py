"""What the Slack room needs to know, and that secrets among it stay secret."""

import pytest
from pydantic import ValidationError

from bot.core.command import Family
from bot.slack.options import Options

SOCKET = {"bot_token": "xoxb-secret", "app_token": "xapp-secret"}
HTTP = {"bot_token": "xoxb-secret", "mode": "http", "signing_secret": "shh-secret"}


@pytest.mark.parametrize("given", [SOCKET, HTTP], ids=["socket", "http"])
def test_each_mode_works_with_its_own_secrets(given: dict[str, str]) -> None:
    options = Options.model_validate(given)
    assert "secret" not in repr(options).replace("signing_secret", "")
    assert "secret" not in str(options).replace("signing_secret", "")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"bot_token": "xoxb-secret"}, "app_token"),
        ({"bot_token": "xoxb-secret", "mode": "http"}, "signing_secret"),
        ({**SOCKET, "kubectl_command": "/deck"}, "different names"),
        ({**SOCKET, "connections": "11"}, "connections"),
        ({**SOCKET, "kubectl_command": "kubectl"}, "kubectl_command"),
    ],
)
def test_what_is_wrong_is_named_without_showing_a_secret(
    given: dict[str, str], missing: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        Options.model_validate(given)
    assert missing in str(raised.value)
    assert "xoxb" not in str(raised.value)


def test_commands_can_have_other_names() -> None:
    options = Options.model_validate({**SOCKET, "kubectl_command": "/k8s"})
    assert options.family("/k8s") is Family.KUBECTL
    assert options.family("/deck") is Family.DECK
    assert options.family("/kubectl") is None
