"""What `quarterdeck init` has to know, the form of each answer, and where an answer comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from bot.core.errors import ConfigurationError
from bot.environment import PREFIX, read_secret


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked."""

    name: str
    """Of a secret the name of its file, else that of the option."""
    asked: str
    """The prompt."""
    form: str
    """The regular expression of a right answer."""
    wrong: str
    """What is said of a wrong one; it never quotes it."""
    secret: bool = False

    @property
    def variable(self) -> str:
        """Return the setting that a secret becomes: `QUARTERDECK_SLACK__BOT_TOKEN`."""
        room, _, rest = self.name.partition("-")
        return f"{PREFIX}{room}__{rest.replace('-', '_')}".upper()

    def checked(self, answer: str) -> str:
        """Return the answer without spaces around it.

        Raises:
            ConfigurationError: it has not the form.
        """
        answer = answer.strip()
        if not re.fullmatch(self.form, answer):
            raise ConfigurationError(f"error: {self.wrong}")
        return answer


BOT_TOKEN = Question(
    "slack-bot-token",
    "Bot token (xoxb-…)",
    r"xoxb-[A-Za-z0-9-]+",
    "this is no bot token, which begins with xoxb-: see OAuth & Permissions at"
    " https://api.slack.com/apps",
    secret=True,
)
APP_TOKEN = Question(
    "slack-app-token",
    "App-level token (xapp-…)",
    r"xapp-[A-Za-z0-9-]+",
    "this is no app-level token, which begins with xapp-: see Basic Information at"
    " https://api.slack.com/apps, and give it connections:write",
    secret=True,
)
SIGNING_SECRET = Question(
    "slack-signing-secret",
    "Signing secret",
    r"[A-Za-z0-9]{32,}",
    "this is no signing secret, which has 32 letters and digits: see Basic Information at"
    " https://api.slack.com/apps",
    secret=True,
)
ADMIN = Question(
    "admin",
    "Slack id of an admin (U…)",
    r"[UW][A-Z0-9]{2,}",
    "an admin is named by the member id, such as U0123456789: in Slack, open the person's profile,"
    " then ⋮ → Copy member ID",
)
CHANNEL = Question(
    "channel",
    "Id of a channel (C…)",
    r"[CG][A-Z0-9]{2,}",
    "a channel is named by its id, such as C0123456789: in Slack, open the channel's details;"
    " the id is at the bottom",
)
NAMESPACE = Question(
    "namespace",
    "Namespace that this channel is for",
    r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?",
    "a namespace has small letters, digits and dashes: `kubectl get namespaces` lists them",
)
HOST = Question(
    "http",
    "Host name that Slack calls",
    r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    "--http takes the host name alone, such as quarterdeck.example.com",
)


@dataclass(frozen=True, slots=True)
class Asker:
    """Takes an answer from an option, the environment or a file, or else asks a person."""

    variables: Mapping[str, str]
    can_ask: bool
    """Whether a person sits at the terminal."""

    def answer(self, question: Question, given: str) -> str:
        """Return the answer; a person is asked until it has its form.

        Raises:
            ConfigurationError: it is missing or wrong, and nobody can be asked.
        """
        found = self._kept(question) if question.secret else given
        if found:
            return question.checked(found)
        if not self.can_ask:
            raise _missing(question)
        while True:
            try:
                return question.checked(click.prompt(question.asked, hide_input=question.secret))
            except ConfigurationError as error:
                click.echo(error.text, err=True)

    def _kept(self, question: Question) -> str:
        folder = self.variables.get(f"{PREFIX}SECRETS", "")
        file = Path(folder) / question.name
        if found := self.variables.get(question.variable, ""):
            return found
        return read_secret(file) if folder and file.exists() else ""


def _missing(question: Question) -> ConfigurationError:
    if not question.secret:
        step = f"Add --{question.name}, or type this in a terminal and be asked."
        return ConfigurationError(f"error: --{question.name} is missing", next_step=step)
    return ConfigurationError(
        f"error: {question.variable} is missing",
        next_step=f"Set it, or put it into the file {question.name} of the folder {PREFIX}SECRETS.",
    )
