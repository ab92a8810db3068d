"""What `quarterdeck cluster add` prints: YAML for kubectl, and sentences for the person."""

import sys
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import click

from bot import environment
from bot.core.clock import SystemClock
from bot.core.errors import ConfigurationError
from bot.firstday import clusters
from bot.kube.credentials import Address, Kubeconfig


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of the command."""

    context: str
    here: bool
    """Whether the Secret is wanted, and not the manifest."""
    server: str
    kubeconfig: str
    token_secret: bool


def add(wanted: Wanted) -> None:
    """Print what one of the two clusters needs, and on standard error what to do with it.

    Raises:
        ConfigurationError: the context is unknown or not to be trusted, or the token is wrong.
    """
    address = _address(wanted)
    key = clusters.key_of(wanted.context)
    if not wanted.here:
        click.echo(clusters.there(token_secret=wanted.token_secret), nl=False)
        _say(_steps(wanted, key), address)
        return
    token = clusters.read_token(_typed(wanted.context))
    click.echo(clusters.here(wanted.context, address, token), nl=False)
    until = f"on {token.ends:%Y-%m-%d %H:%M} UTC" if token.ends else "when its Secret is deleted"
    click.echo(f"The token ends {until}.", err=True)


def _address(wanted: Wanted) -> Address:
    paths = wanted.kubeconfig or environment.kubeconfig_paths()
    address = Kubeconfig(paths, SystemClock(), environment.variables()).address(wanted.context)
    if wanted.server:
        address = replace(address, server=wanted.server)
    return clusters.checked(address)


def _typed(context: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(f"Token of quarterdeck in {context}", hide_input=True))
    if text := sys.stdin.read():
        return text
    raise ConfigurationError(
        "error: --here reads the token from standard input, where there is none",
        next_step=f"`quarterdeck cluster add {context}` prints how to get it.",
    )


def _steps(wanted: Wanted, key: str) -> list[str]:
    context, add_ = wanted.context, f"quarterdeck cluster add {wanted.context}"
    again = f"{add_} --token-secret" if wanted.token_secret else add_
    target = f"kubectl --context={context} --namespace={clusters.NAMESPACE}"
    token = (
        f"{target} get secret {clusters.LASTING}"
        " --output=go-template='{{.data.token | base64decode}}'"
        if wanted.token_secret
        else f"{target} create token {clusters.ACCOUNT} --duration=8760h"
    )
    apply = f"kubectl apply --server-side --field-manager=quarterdeck-{key} -f -"
    return [
        f"1. There, apply this:\n   {again} | kubectl --context={context} apply -f -",
        f"2. Here, where the bot runs, apply the Secret:\n   {token} \\\n"
        f"     | {add_} --here | {apply}",
        "3. In your kustomization's components:, add components/clusters of deploy/, and apply it;"
        " if it is there:\n   kubectl --namespace=quarterdeck rollout restart deploy/quarterdeck",
        f"4. In policy.yaml:\n   clusters:\n     {context}: {{mode: groups}}\n   channels:\n"
        f"     C…: {{cluster: {context}, namespaces: [...]}}",
        "5. There, bind the groups in these namespaces: examples/bindings.yaml of deploy/.",
    ]


def _say(steps: list[str], address: Address) -> None:
    parts = urlsplit(address.server)
    if parts.hostname in ("localhost", "127.0.0.1", "::1"):
        steps.insert(0, f"{address.server} is this machine: name the bot's way there by --server.")
    elif (parts.port or 443) not in (443, 6443):
        steps.insert(0, f"deploy/networkpolicy.yaml lets the bot reach no port {parts.port}.")
    click.echo("\n".join(steps), err=True)
