"""`auth whoami`: who the API server takes the person for."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, text
from bot.core.errors import ForbiddenError, NotFoundError, QuarterdeckError
from bot.core.ports import JsonObject, Scope
from bot.core.reply import Part, Row, Table
from bot.kube.outputs import read_plain, written


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `auth whoami`."""

    arguments: tuple[str, ...] = ()
    output: str = text("o", help="yaml, json or jsonpath=TEMPLATE.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the name, groups and extras that requests are made with."""
    try:
        found = await scope.cluster.review("selfsubjectreviews.authentication.k8s.io", {})
    except NotFoundError as error:
        raise QuarterdeckError(
            "error: the selfsubjectreviews API is not enabled in the cluster"
        ) from error
    except ForbiddenError as error:
        raise QuarterdeckError(
            "error: the selfsubjectreviews API is not enabled in the cluster or you do not have"
            " permission to call it"
        ) from error
    output = read_plain(options.output)
    if output is None:
        info = (found.get("status") or {}).get("userInfo") or {}
        yield Table("", ("ATTRIBUTE", "VALUE"), _rows(info))
    else:
        yield written(output, found, "selfsubjectreview.authentication.k8s.io/\n")


def _rows(info: JsonObject) -> list[Row]:
    rows: list[Row] = []
    for title, field in (("Username", "username"), ("UID", "uid")):
        if info.get(field):
            rows.append((title, info[field]))
    if info.get("groups"):
        rows.append(("Groups", f"[{' '.join(info['groups'])}]"))
    for key, values in sorted((info.get("extra") or {}).items()):
        rows.append((f"Extra: {key}", f"[{' '.join(values)}]"))
    return rows


COMMAND = Command(
    phrase="auth whoami",
    summary="Show who the API server takes you for",
    usage="[flags]",
    effect=Effect.READ,
    access=(Access("create", "selfsubjectreviews", "authentication.k8s.io"),),
    options=Options,
    run=run,
    examples=("auth whoami", "auth whoami -o yaml"),
)
