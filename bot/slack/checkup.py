"""Whether Slack lets the bot do what it is for: its tokens, and the scope of each feature."""

from collections.abc import Collection, Sequence

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.clock import Clock
from bot.core.errors import SlackError, UnreachableError
from bot.core.health import Finding, State, compare_clocks
from bot.slack.calls import Caller
from bot.slack.client import open_session, scopes_of, web_client
from bot.slack.manifest import SCOPES
from bot.slack.membership import check_channels
from bot.slack.options import Options

_REINSTALL = (
    "Add it to the app (`quarterdeck manifest` prints all of them) and install the app again."
)
_TAKE_AWAY = (
    "Take it away from the app (`quarterdeck manifest` prints what it needs) and reinstall it."
)
_LOOK_UP = "Look it up at https://api.slack.com/apps and set QUARTERDECK_SLACK__{name}."
_NETWORK = "Check the network policy, the proxy and QUARTERDECK_SLACK__BASE_URL."


async def check_slack(
    options: Options, clock: Clock, channels: Sequence[str] = ()
) -> list[Finding]:
    """Return what Slack says of each token, each scope, its clock and the policy's channels.

    Raises:
        ConfigurationError: the CA file cannot be used.
    """
    async with open_session() as session:
        client = web_client(options, session)
        found = await _bot(client, clock)
        if options.mode == "socket":
            found.append(await _app(client, clock, options.app_token.get_secret_value()))
        if all(finding.state is not State.BROKEN for finding in found):
            found += await check_channels(client, clock, channels)
    return found


def read_scopes(granted: Collection[str]) -> list[Finding]:
    """Return a finding for each scope that the app lacks or should not have, or one for all."""
    missing = [scope for scope in SCOPES if scope.name not in granted]
    more = sorted(set(granted) - {scope.name for scope in SCOPES} - {""})
    if not missing and not more:
        return [Finding(State.GOOD, f"Slack grants all {len(SCOPES)} scopes, and no other.")]
    found = [
        Finding(
            State.LACKING,
            f"Slack grants {name}, which the manifest does not ask for: the bot needs it nowhere.",
            _TAKE_AWAY,
        )
        for name in more
    ]
    return found + [
        Finding(
            State.BROKEN if scope.needed else State.LACKING,
            f"Slack does not grant {scope.name}: {scope.without}.",
            _REINSTALL,
        )
        for scope in missing
    ]


async def _bot(client: AsyncWebClient, clock: Clock) -> list[Finding]:
    answer = await _ask(client, clock, "BOT_TOKEN")
    if isinstance(answer, Finding):
        return [answer]
    known = Finding(State.GOOD, f"Slack knows the bot as @{answer['user']} in {answer['team']}.")
    date = str(answer.headers.get("date", ""))
    return [known, *read_scopes(scopes_of(answer)), *compare_clocks("Slack", date, clock.now())]


async def _app(client: AsyncWebClient, clock: Clock, token: str) -> Finding:
    answer = await _ask(client, clock, "APP_TOKEN", token)
    if isinstance(answer, Finding):
        return answer
    return Finding(State.GOOD, "Slack knows the app token of Socket Mode.")


async def _ask(
    client: AsyncWebClient, clock: Clock, name: str, token: str | None = None
) -> AsyncSlackResponse | Finding:
    try:
        return await Caller(clock).call(lambda: client.auth_test(token=token), repeatable=True)
    except UnreachableError as error:
        return Finding(State.BROKEN, error.text, _NETWORK)
    except SlackError as error:
        text = f"Slack does not accept QUARTERDECK_SLACK__{name}: {error.code}."
        return Finding(State.BROKEN, text, _LOOK_UP.format(name=name))
