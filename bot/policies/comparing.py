"""`quarterdeck policy test`: a policy compared with the expectations that are written beside it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.commands import Registry
from bot.core.access import Asked
from bot.core.command import Access
from bot.core.errors import RefusedError, UsageError
from bot.core.request import Request
from bot.engine.reading import Phrasebook, Read
from bot.policies.checking import Write
from bot.policy.approvers import sits_on
from bot.policy.expectations import Expectation, beside, read_expectations
from bot.policy.model import Policy
from bot.policy.reading import read_policy
from bot.policy.types import is_cluster_scoped, resource_of
from bot.policy.verdicts import Verdict, Word, judged, person_called, question, request_of

_READS = ("get", "list", "watch")


def compare(path: Path, write: Write) -> int:
    """Write where the policy says something else than is expected; return 1 if it does, or nothing.

    Raises:
        ConfigurationError: one of the files cannot be read.
        UsageError: a command of the expectations cannot be read.
    """
    policy, expectations = read_policy(path), read_expectations(beside(path))
    failed = 0
    for line, expectation in expectations:
        verdict = _verdict(policy, expectation, line)
        if str(verdict.word) != expectation.expect:
            failed += 1
            write(f"✗ line {line}: {expectation.person}, {_said(expectation)}")
            write(f"  expected {expectation.expect}, got {verdict.word}. {verdict.reason}".rstrip())
    met = len(expectations) - failed
    write(f"{'✓' if met and not failed else '✗'} {met} of {len(expectations)} as expected")
    return int(failed > 0 or not expectations)


def _verdict(policy: Policy, expectation: Expectation, line: int) -> Verdict:
    """Return the strictest answer to what the expectation is about."""
    person = person_called(policy, expectation.person)
    request = request_of(person, expectation.channel or "")
    try:
        questions = list(_questions(request, expectation))
    except RefusedError as error:
        return Verdict(Word.REFUSED, error.text, error.next_step)
    except UsageError as error:
        raise UsageError(f"line {line}: {error.text}", next_step=error.next_step) from error
    verdicts = [judged(policy, request, asked) for asked in questions]
    return max((_approved(policy, expectation, one) for one in verdicts), key=_strictness)


def _approved(policy: Policy, expectation: Expectation, verdict: Verdict) -> Verdict:
    """Return the verdict, or a refusal where the expected approver is none."""
    grant = verdict.grant
    if expectation.approver is None or grant is None or not grant.consent.needed:
        return verdict
    if sits_on(policy, person_called(policy, expectation.approver), grant.jury):
        return verdict
    return Verdict(
        Word.REFUSED, f"{expectation.approver} may not approve it: {grant.jury.words()}."
    )


def _strictness(verdict: Verdict) -> Word:
    return verdict.word


def _questions(request: Request, expectation: Expectation) -> Iterator[Asked]:
    if expectation.does:
        yield from typed(Phrasebook(Registry()).read(replace(request, text=expectation.does)))
        return
    asked = question(
        expectation.verb,
        expectation.resource or "",
        expectation.context or "",
        expectation.namespace or "",
    )
    yield replace(asked, name=expectation.name)


def typed(read: Read) -> Iterator[Asked]:
    """Yield what a command asks of the policy: the command itself, then each object it names."""
    yield read.asked
    subresource = next((right.subresource for right in _changes(read)), "")
    for resource, name in _named(getattr(read.bound.options, "arguments", ())):
        scoped = is_cluster_scoped(resource)
        yield replace(
            read.asked,
            namespace="" if scoped else read.asked.namespace,
            resource=resource,
            subresource=subresource,
            name=name,
            cluster_scoped=scoped,
        )


def _changes(read: Read) -> Iterator[Access]:
    return (right for right in read.command.access if right.verb not in _READS)


def _named(arguments: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield type and name of `deploy/web sts/db` or of `deploy web db`, as kubectl reads them."""
    if any("/" in word for word in arguments):
        for word in arguments:
            kind, _, name = word.partition("/")
            yield resource_of(kind), name
        return
    for kind in arguments[0].split(",") if arguments else ():
        for name in arguments[1:] or ("",):
            yield resource_of(kind), name


def _said(expectation: Expectation) -> str:
    return expectation.does or f"{expectation.verb} {expectation.resource}"
