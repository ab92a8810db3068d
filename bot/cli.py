"""The process's own verbs.

Each imports what it needs when it is called: a script may call `quarterdeck run` thousands of
times.
"""

import atexit
import gc
import os
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from bot import __version__
from bot.core.errors import QuarterdeckError


def _finish(work: Coroutine[Any, Any, int]) -> NoReturn:
    """End the process with the exit code of the work."""
    import asyncio  # noqa: PLC0415 - half of what a verb without it loads

    try:
        code = asyncio.run(work)
    except KeyboardInterrupt:
        code = 130  # as a shell reports a process that SIGINT ended
    except BrokenPipeError:
        # The reader has seen enough, as behind `| head`; what is left must not be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except QuarterdeckError as error:
        code = _tell(error)
    sys.exit(code)


def _tell(error: QuarterdeckError) -> int:
    click.echo(error.text, err=True)
    if error.next_step:
        click.echo(error.next_step, err=True)
    return error.exit_code


@contextmanager
def _telling() -> Iterator[None]:
    """End the process with the sentence of what goes wrong in the block."""
    try:
        yield
    except QuarterdeckError as error:
        sys.exit(_tell(error))


_DATE = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"))


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="quarterdeck")
def main() -> None:
    """Quarterdeck runs kubectl's commands from Slack and from here, as you."""
    # Importing makes many objects and no garbage; looking for it takes a tenth of the start.
    gc.set_threshold(100_000, 50, 100)
    # At its end Python would look through all that is loaded once more, an eighth of a short verb.
    atexit.register(gc.freeze)


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--yes", is_flag=True, help="Confirm a change without asking.")
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
def run(words: tuple[str, ...], yes: bool) -> None:
    """Run one command: quarterdeck run -- get pods -n shop."""
    from bot.environment import kubeconfig_paths  # noqa: PLC0415 - see above
    from bot.terminal import run_words  # noqa: PLC0415

    _finish(run_words(words, kubeconfig_paths(), yes=yes))


@main.command()
@click.option("--yes", is_flag=True, help="Confirm changes without asking.")
def shell(yes: bool) -> None:
    """Read commands line by line."""
    from bot.environment import kubeconfig_paths  # noqa: PLC0415
    from bot.terminal import run_shell  # noqa: PLC0415

    _finish(run_shell(kubeconfig_paths(), yes=yes))


@main.command()
def serve() -> None:
    """Serve Slack until SIGTERM."""
    # What is imported stays: to look through it, as the bot does when it is ready, takes a tenth.
    gc.disable()
    from bot.logs import write_json  # noqa: PLC0415
    from bot.settings import read_settings  # noqa: PLC0415

    write_json()
    with _telling():
        settings = read_settings()
    # After them: what is wrong with a setting is told before all else is loaded.
    from bot import wiring  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    _finish(wiring.serve(settings))


@main.command()
@click.option("--url", default="http://127.0.0.1:8080/livez", show_default=True)
def healthcheck(url: str) -> None:
    """Ask the running bot whether it is well; for a container's HEALTHCHECK."""
    import http.client  # noqa: PLC0415
    import urllib.error  # noqa: PLC0415
    import urllib.request  # noqa: PLC0415

    # The bot is on this machine, wherever the environment's proxy is.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=4) as answer:
            click.echo(answer.read().decode().strip())
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        click.echo(f"not well: {error}", err=True)
        sys.exit(1)


@main.command()
@click.option("--url", default="", help="Slack calls this address; without it: Socket Mode.")
@click.option(
    "--kubectl", default="/kubectl", show_default=True, envvar="QUARTERDECK_SLACK__KUBECTL_COMMAND"
)
@click.option(
    "--deck", default="/deck", show_default=True, envvar="QUARTERDECK_SLACK__DECK_COMMAND"
)
@click.option(
    "--prom", default="/prom", show_default=True, envvar="QUARTERDECK_SLACK__PROM_COMMAND"
)
def manifest(url: str, kubectl: str, deck: str, prom: str) -> None:
    """Print the Slack app's manifest, and on standard error the link that creates the app."""
    from bot.commands import Registry  # noqa: PLC0415
    from bot.core.command import Family  # noqa: PLC0415
    from bot.slack.manifest import app_manifest, as_yaml, create_link  # noqa: PLC0415

    names = {Family.KUBECTL: kubectl, Family.PROM: prom, Family.DECK: deck}
    document = app_manifest(Registry().all(), names, url)
    click.echo(as_yaml(document), nl=False)
    click.echo(f"Create the app: {create_link(document)}", err=True)


@main.command()
@click.option(
    "--directory", type=Path, default="installation", show_default=True, help="What to write."
)
@click.option("--admin", default="", help="Slack id of the first admin, U…")
@click.option("--channel", default="", help="Id of the channel to start with, C…")
@click.option("--namespace", default="", help="Namespace that this channel is for.")
@click.option("--http", default="", metavar="HOST", help="Slack calls this host; else Socket Mode.")
@click.option("--base", default="", help="Path or URL of deploy/; else the one of this checkout.")
@click.option("--image", default="", help="The image, where there is one: registry/name:tag")
@click.option("--force", is_flag=True, help="Write although it is there; the old one is kept.")
def init(**options: Any) -> None:
    """Ask for Slack's tokens, an admin, a channel and a namespace, and write what to apply.

    What is no secret can be given as an option. A secret is never an argument: it is asked for, or
    read from QUARTERDECK_SLACK__BOT_TOKEN, …__APP_TOKEN and …__SIGNING_SECRET, or from the files
    slack-bot-token, slack-app-token and slack-signing-secret of the folder QUARTERDECK_SECRETS.
    """
    from bot.firstday.start import Given  # noqa: PLC0415
    from bot.firstday.start import init as start  # noqa: PLC0415

    with _telling():
        start(Given(**options))


@main.group()
def cluster() -> None:
    """Add other clusters than the one that the bot runs in."""


@cluster.command(name="add")
@click.argument("context")
@click.option("--here", is_flag=True, help="Print the Secret; the token is read from stdin.")
@click.option("--server", default="", help="The address that the bot reaches; else the context's.")
@click.option("--kubeconfig", default="", help="Where the context is; else KUBECONFIG.")
@click.option(
    "--token-secret", is_flag=True, help="With a token that does not expire, in a Secret."
)
def add_cluster(**options: Any) -> None:
    """Print what a cluster needs that the bot is to reach, and the steps on standard error."""
    from bot.firstday.adding import Wanted, add  # noqa: PLC0415

    with _telling():
        add(Wanted(**options))


@main.command()
def doctor() -> None:
    """Look at everything that the bot stands on; exit with 1 if something is broken."""
    from bot.doctor import examine  # noqa: PLC0415

    _finish(examine(click.echo))


@main.group()
def policy() -> None:
    """Look at a policy file before anybody is held to it."""


@policy.command()
@click.argument("file", required=False)
def check(file: str | None) -> None:
    """Say what is wrong with a policy, with the line of each fault."""
    from bot.policies.checking import check, policy_path  # noqa: PLC0415

    async def work() -> int:
        return check(policy_path(file), click.echo)

    _finish(work())


@policy.command()
@click.argument("file", required=False)
def test(file: str | None) -> None:
    """Compare a policy with the expectations beside it, in policy.test.yaml."""
    from bot.policies.checking import policy_path  # noqa: PLC0415
    from bot.policies.comparing import compare  # noqa: PLC0415

    async def work() -> int:
        return compare(policy_path(file), click.echo)

    _finish(work())


@policy.command()
@click.argument("person")
@click.argument("verb")
@click.argument("resource")
@click.option("-n", "--namespace", default="")
@click.option("--channel", default="", help="The channel's id; without it: one of the namespace.")
@click.option("--context", default="", help="Without it: the channel's own, or the default one.")
@click.option("--policy", "file", help="Without it: QUARTERDECK_POLICY, or policy.yaml here.")
def explain(file: str | None, **asked: str) -> None:
    """Say what policy and cluster say to PERSON doing VERB to RESOURCE, and why.

    quarterdeck policy explain ada patch deployments -n shop
    """
    from bot.policies.checking import policy_path  # noqa: PLC0415
    from bot.policies.explaining import Question, explain  # noqa: PLC0415

    _finish(explain(policy_path(file), Question(**asked), click.echo))


@policy.command()
def schema() -> None:
    """Print the JSON Schema of policy files."""
    from bot.policy.schema import schema_text  # noqa: PLC0415

    click.echo(schema_text(), nl=False)


@main.group()
def audit() -> None:
    """Verify, export and search the audit record."""


@audit.command("verify")
@click.option("--copy", type=click.Path(path_type=Path), help="The log of standard output.")
def verify_audit(copy: Path | None) -> None:
    """Say whether the record is as it was written; exit with 1 if it is not."""
    from bot.auditor import verify  # noqa: PLC0415

    _finish(verify(click.echo, copy))


@audit.command("export")
@click.option("--format", "kind", type=click.Choice(("jsonl", "csv")), default="jsonl")
@click.option("--since", type=_DATE, help="From this time on, in UTC.")
@click.option("--until", type=_DATE, help="Before this time.")
def export_audit(kind: str, since: datetime | None, until: datetime | None) -> None:
    """Write the records to standard output, the oldest first."""
    from bot.auditor import export  # noqa: PLC0415

    _finish(export(click.echo, kind, _utc(since), _utc(until)))


@audit.command("search")
@click.option("--person", default="", help="By their Slack id.")
@click.option("-n", "--namespace", default="")
@click.option("--channel", default="", help="By its id.")
@click.option("--text", default="", help="Anywhere in the record.")
@click.option("--request", default="", help="By its id.")
@click.option("--since", type=_DATE, help="From this time on, in UTC.")
@click.option("--until", type=_DATE, help="Before this time.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True)
def search_audit(since: datetime | None, until: datetime | None, **wanted: Any) -> None:
    """Show the records that fit, the newest first."""
    from bot.auditor import search  # noqa: PLC0415
    from bot.core.audit import Wanted  # noqa: PLC0415

    _finish(search(click.echo, Wanted(**wanted, since=_utc(since), until=_utc(until))))


@main.command()
@click.option(
    "--as", "name", type=click.Choice(("ada", "bob", "eve")), help="sre, developer, outsider"
)
@click.option("--headless", is_flag=True, help="Print where everything is, and run until Ctrl-C.")
def demo(name: str | None, headless: bool) -> None:
    """Start a simulated cluster with a shop in it, and a shell on it."""
    from bot.demo.tour import run_tour  # noqa: PLC0415

    _finish(run_tour(name, headless=headless))


@main.group()
def rbac() -> None:
    """Print the role by which the bot acts for people, and compare roles with what it needs."""


_POLICY = click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="QUARTERDECK_POLICY",
    help="The policy file; without one: the groups of the shipped tiers alone.",
)
_CLUSTER = click.option(
    "--cluster",
    default="default",
    show_default=True,
    help="What the policy calls the cluster, which says its mode.",
)


@rbac.command("render")
@_POLICY
@_CLUSTER
@click.option("--constrained", is_flag=True, help="For Kubernetes 1.36: cap what the bot may do.")
@click.option("--also", multiple=True, metavar="TYPE", help="Read this type, too: widgets.acme.io.")
@click.option("--from-cluster", is_flag=True, help="Say first which bindings apply to whom.")
@click.option("--context", default="", help="Read this context of the kubeconfig.")
def rbac_render(
    policy: Path | None,
    cluster: str,
    constrained: bool,
    also: tuple[str, ...],
    from_cluster: bool,
    context: str,
) -> None:
    """Print the ClusterRole by which the bot becomes those whom the policy names."""
    from bot import rights  # noqa: PLC0415

    async def work() -> int:
        read = rights.policy_of(policy)
        if from_cluster:
            await rights.list_bindings(read, cluster, context, click.echo)
        click.echo(rights.render(read, cluster, capped=constrained, also=also), nl=False)
        return 0

    _finish(work())


@rbac.command("check")
@_POLICY
@_CLUSTER
@click.option("--manifest", multiple=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--context", help="Compare with the roles of this context; default: the current one.")
def rbac_check(
    policy: Path | None, cluster: str, manifest: tuple[Path, ...], context: str | None
) -> None:
    """Say which rights are missing or unused; exit with 1 if there are any."""
    from bot import rights  # noqa: PLC0415

    async def work() -> int:
        read = rights.policy_of(policy)
        return await rights.check(read, cluster, manifest, context, click.echo)

    _finish(work())
