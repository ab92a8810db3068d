"""`create secret tls`: a certificate with its key."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, switch, text
from bot.core.errors import UsageError
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.generators.certificates import check_pair
from bot.kube.generators.creating import Creation, begin, refuse_told
from bot.kube.generators.maps import tls_secret
from bot.kube.generators.sources import Shelf

_PHRASE = "create secret tls"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `create secret tls`."""

    arguments: tuple[str, ...] = ()
    after_dash: int = -1
    cert: str = text(help="The file of the certificate, as PEM.")
    key: str = text(help="The file of its private key, as PEM.")
    append_hash: bool = switch(help="Append a hash of what it holds to its name.")
    creation: Creation = shared(Creation)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    refuse_told(scope, {}, "--cert=FILE --key=FILE")
    name, maker = begin(_PHRASE, options)
    if not options.key or not options.cert:
        raise UsageError(
            "error: key and cert must be specified", next_step="--cert=tls.crt --key=tls.key"
        )
    shelf = Shelf(scope.files, wanted=2)
    certificate, key = (_read(shelf, path) for path in (options.cert, options.key))
    check_pair(certificate, key)
    made = tls_secret(name, certificate, key, append_hash=options.append_hash)
    return maker.plan(scope, made, "failed to create secret")


def _read(shelf: Shelf, path: str) -> bytes:
    missing = f"error: Cannot read file {path}, open {path}: no such file or directory"
    return shelf.find(path, missing)


COMMAND = Command(
    phrase=_PHRASE,
    summary="Create a TLS secret from a certificate and its key",
    usage="NAME --cert=FILE --key=FILE [flags]",
    effect=Effect.CHANGE,
    access=(Access("create", "secrets"),),
    options=Options,
    plan=plan,
    examples=("create secret tls shop-cert --cert=tls.crt --key=tls.key -n shop",),
)
