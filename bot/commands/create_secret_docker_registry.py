"""`create secret docker-registry`: what images are pulled with."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, switch, text, words
from bot.core.errors import UsageError
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.creating import Creation, begin, refuse_told
from bot.kube.generators.maps import docker_file_secret, docker_secret, docker_sources

_PHRASE = "create secret docker-registry"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create secret docker-registry`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    docker_username: str = text(help="Who pulls.")
    docker_password: str = text(hidden=True, help="The password; in a terminal only.")
    docker_email: str = text(help="The address of who pulls.")
    docker_server: str = text(default="https://index.docker.io/v1/", help="The registry.")
    append_hash: bool = switch(help="Append a hash of what it holds to its name.")
    from_file: tuple[str, ...] = words(help="A docker configuration, such as config.json.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    typed = {"--docker-password": options.docker_password}
    refuse_told(scope, typed, "--from-file=config.json")
    name, maker = begin(_PHRASE, options)
    login = (options.docker_server, options.docker_username, options.docker_password)
    if options.from_file:
        sources = docker_sources(options.from_file)
        shelf = sources.shelf(scope.files)
        made = docker_file_secret(name, sources, shelf, append_hash=options.append_hash)
    elif all(login):
        entry = (*login, options.docker_email)
        made = docker_secret(name, entry, append_hash=options.append_hash)
    else:
        raise UsageError(
            "error: either --from-file or the combination of --docker-username,"
            " --docker-password and --docker-server is required"
        )
    return maker.plan(scope, made, "failed to create secret")


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a secret for use with a Docker registry",
    usage="NAME --from-file=FILE [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "secrets"),),
    options=Options,
    plan=plan,
    examples=("create secret docker-registry pull --from-file=config.json -n shop",),
)
