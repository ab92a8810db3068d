"""`quarterdeck init`: from the answers to a folder that can be applied."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

import bot
from bot import environment
from bot.core.errors import ConfigurationError
from bot.firstday import questions
from bot.firstday.kustomization import read_image
from bot.firstday.overlay import GENERATED, Answers, generated, manifests
from bot.firstday.questions import Asker, Question
from bot.firstday.writing import Target
from bot.policy.reading import read_policy


@dataclass(frozen=True, slots=True)
class Given:
    """The options of the command; what is empty is asked for."""

    directory: Path
    admin: str
    channel: str
    namespace: str
    http: str
    base: str
    image: str
    force: bool


def init(given: Given) -> None:
    """Ask for what is not given, write the folder, and say what to type next.

    Raises:
        ConfigurationError: an answer is missing or wrong, or the folder is there already.
    """
    target = Target(given.directory, given.force)
    target.refuse_overwriting()
    answers = _ask(given, Asker(environment.variables(), sys.stdin.isatty()))
    secrets = {**generated(), **target.kept(GENERATED), **answers.secrets}
    copy = target.write(
        manifests(answers, secrets), secrets, lambda made: read_policy(made / "policy.yaml")
    )
    if copy:
        click.echo(f"The old folder is {copy} now; its generated secrets were kept.")
    _say_what_was_written(given.directory, len(secrets))
    _say_what_is_next(given.directory, answers)


def _ask(given: Given, asker: Asker) -> Answers:
    host = questions.HOST.checked(given.http) if given.http else ""
    # What is given is looked at before anybody types a secret.
    base, image = _base(given), read_image(given.image) if given.image else None
    admin = asker.answer(questions.ADMIN, given.admin)
    channel = asker.answer(questions.CHANNEL, given.channel)
    namespace = asker.answer(questions.NAMESPACE, given.namespace)
    secrets = {one.name: asker.answer(one, "") for one in _secrets(host)}
    return Answers(secrets, admin, channel, namespace, host, base, image)


def _secrets(host: str) -> tuple[Question, Question]:
    return questions.BOT_TOKEN, questions.SIGNING_SECRET if host else questions.APP_TOKEN


def _base(given: Given) -> str:
    deploy = Path(bot.__file__).resolve().parents[1] / "deploy"
    if given.base and not (local := Path(given.base)).is_dir():
        if given.base.startswith((".", "/")):
            raise ConfigurationError(f"error: --base: there is no folder {given.base}")
        return given.base
    folder = local if given.base else deploy
    if not (folder / "kustomization.yaml").exists():
        raise ConfigurationError(
            f"error: there is no deploy/ of Quarterdeck at {folder}",
            next_step="Give --base its path, or a URL such as"
            " https://HOST/OWNER/quarterdeck//deploy?ref=v0.1.0",
        )
    # kustomize takes no absolute path.
    return os.path.relpath(folder.resolve(), given.directory.resolve())


def _say_what_was_written(folder: Path, count: int) -> None:
    click.echo(
        f"Wrote {folder}: kustomization.yaml, policy.yaml and rolebindings.yaml are for your"
        f" repository;\n{folder}/secrets, with {count} secrets, is not: git ignores it."
    )


def _say_what_is_next(folder: Path, answers: Answers) -> None:
    steps = [f"kubectl get namespace {answers.namespace}    # it has to be there"]
    if answers.host:
        steps += [
            f"quarterdeck manifest --url https://{answers.host}/slack/events    # of the Slack app",
            "kubectl create namespace quarterdeck",
            "kubectl -n quarterdeck create secret tls quarterdeck-tls --cert=… --key=…",
        ]
    if answers.image is None:
        image = f"registry.example.com/quarterdeck:{bot.__version__}"
        steps.append(f"make image IMAGE={image} KUSTOMIZATION={folder}    # with your registry")
    steps += [
        f"kubectl apply -k {folder}",
        "kubectl -n quarterdeck exec deploy/quarterdeck -- quarterdeck doctor",
    ]
    click.echo("Next, type:\n" + "".join(f"  {step}\n" for step in steps), nl=False)
