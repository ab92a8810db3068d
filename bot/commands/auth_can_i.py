"""`auth can-i`: whether the person may do something, asked of the API server as that person."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, switch, text
from bot.core.errors import NotFoundError, QuarterdeckError, UsageError
from bot.core.ports import JsonObject, Scope
from bot.core.reply import Aside, Part, Problem, Table, Text
from bot.kube.describe.rights import compacted, qualified
from bot.kube.jsonpath.values import general

_VERBS = frozenset(
    {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use"}
    | {"bind", "impersonate", "*", "approve", "sign", "escalate", "attest"}
)
_URL_VERBS = frozenset({"get", "put", "post", "head", "options", "delete", "patch", "*"})
# Types that discovery does not know, and that may be impersonated.
_UNDISCOVERED = frozenset({"users", "groups"})
_ACCESS = "selfsubjectaccessreviews.authorization.k8s.io"
_RULES = "selfsubjectrulesreviews.authorization.k8s.io"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `auth can-i`."""

    arguments: tuple[str, ...] = ()
    all_namespaces: bool = switch("A", help="In every namespace.")
    quiet: bool = switch("q", help="Nothing but the exit code.")
    subresource: str = text(help="Such as log or scale.")
    list: bool = switch(help="List all that may be done.")
    no_headers: bool = switch(help="With --list: leave the header out.")


@dataclass(frozen=True, slots=True)
class _Target:
    """What is asked about: a type (perhaps one name of it) or a URL."""

    group: str = ""
    resource: str = ""
    name: str = ""
    url: str = ""
    warnings: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield yes or no, or the list of what may be done."""
    chosen = _listed(scope, options) if options.list else _asked(scope, options)
    async for part in chosen:
        yield part


async def _asked(scope: Scope, options: Options) -> AsyncIterator[Part]:
    if len(options.arguments) != 2:
        raise UsageError(
            "error: you must specify two arguments: verb resource or verb resource/resourceName.\n"
            "See 'kubectl auth can-i -h' for help and examples.",
            next_step="Such as `auth can-i delete pods -n shop`.",
        )
    verb, typed = options.arguments
    target = await _target(scope, options, verb, typed)
    for warning in target.warnings:
        yield Aside(f"Warning: {warning}\n")
    if target.url and options.subresource:
        raise UsageError("error: --subresource can not be used with NonResourceURL")
    if options.no_headers:
        raise UsageError("error: --no-headers cannot be set without --list specified")
    review = await scope.cluster.review(_ACCESS, _spec(scope, options, verb, target))
    status = review.get("status") or {}
    if not options.quiet:
        yield Text(_answer(status))
    if not status.get("allowed"):
        # An exit code without a word: the answer has been given.
        yield Problem(QuarterdeckError(""))


def _answer(status: JsonObject) -> str:
    if status.get("allowed"):
        return "yes\n"
    told = [status[field] for field in ("reason", "evaluationError") if status.get(field)]
    return " - ".join(["no", *told]) + "\n"


def _spec(scope: Scope, options: Options, verb: str, target: _Target) -> JsonObject:
    if target.url:
        return {"nonResourceAttributes": {"verb": verb, "path": target.url}}
    attributes = {
        "namespace": "" if options.all_namespaces else scope.namespace,
        "verb": verb,
        "group": target.group,
        "resource": target.resource,
        "subresource": options.subresource,
        "name": target.name,
    }
    return {"resourceAttributes": {key: value for key, value in attributes.items() if value}}


async def _target(scope: Scope, options: Options, verb: str, typed: str) -> _Target:
    if typed.startswith("/"):
        known = verb in _URL_VERBS
        return _Target(url=typed, warnings=() if known else (_unknown(verb),))
    word, _, name = typed.partition("/")
    if word == "*":
        return _Target("", "*", name, warnings=_of_verb(options, verb))
    try:
        resource = await scope.cluster.resource(word)
    except NotFoundError:
        head, _, group = word.lower().partition(".")
        where = f" in group '{group}'" if group else ""
        missing = f"the server doesn't have a resource type '{head}'{where}"
        told = () if word.lower() in _UNDISCOVERED else (missing,)
        return _Target("", word, name, warnings=(*told, *_of_verb(options, verb)))
    warnings: tuple[str, ...] = ()
    if not resource.namespaced and not options.all_namespaces:
        where = f" in group '{resource.group}'" if resource.group else ""
        warnings = (f"resource '{resource.plural}' is not namespace scoped{where}",)
    warnings += _of_verb(options, verb)
    return _Target(resource.group, resource.plural, name, warnings=warnings)


def _of_verb(options: Options, verb: str) -> tuple[str, ...]:
    return () if options.all_namespaces or verb in _VERBS else (_unknown(verb),)


def _unknown(verb: str) -> str:
    return f"verb '{verb}' is not a known verb"


async def _listed(scope: Scope, options: Options) -> AsyncIterator[Part]:
    if options.arguments:
        raise UsageError("error: list option must be specified with no arguments")
    if options.quiet or options.all_namespaces or options.subresource:
        raise UsageError(
            "error: list option can't be specified with neither quiet, all-namespaces nor"
            " subresource options"
        )
    review = await scope.cluster.review(_RULES, {"namespace": scope.namespace})
    status = review.get("status") or {}
    if status.get("incomplete"):
        yield Aside(f"Warning: the list may be incomplete: {status.get('evaluationError', '')}")
    rules = [*(status.get("resourceRules") or ()), *(status.get("nonResourceRules") or ())]
    rows = [
        (qualified(resources, groups), *(general(list(cell)) for cell in (urls, names, verbs)))
        for (groups, resources, names, urls), verbs in compacted(rules)
    ]
    columns = ("Resources", "Non-Resource URLs", "Resource Names", "Verbs")
    yield Table("", columns, rows, not options.no_headers)


COMMAND = Command(
    phrase="auth can-i",
    summary="Ask whether you may do something",
    usage="VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [flags]",
    effect=Effect.READ,
    access=(
        Access("create", "selfsubjectaccessreviews", "authorization.k8s.io"),
        Access("create", "selfsubjectrulesreviews", "authorization.k8s.io"),
    ),
    options=Options,
    run=run,
    examples=(
        "auth can-i delete pods -n shop",
        "auth can-i get pods --subresource=log -n shop",
        "auth can-i --list -n shop",
    ),
)
