"""What the cluster knows of the resources that a role names."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from bot.core.errors import NotFoundError, UsageError
from bot.core.ports import Reader
from bot.kube.generators.roles import Known, Typed


async def known(cluster: Reader, typed: Iterable[Typed]) -> list[Known]:
    """Return the resources, each by its plural and its group where the cluster knows it."""
    return [await _known(cluster, one) for one in typed]


async def _known(cluster: Reader, one: Typed) -> Known:
    if one.name in ("", "*"):
        return Known(one, one.group, one.name)
    try:
        resource = await cluster.resource(one.word)
    except NotFoundError as error:
        return Known(one, one.group, one.name, error)
    return Known(one, resource.group, resource.plural)


@contextmanager
def warned(warnings: Sequence[str]) -> Iterator[None]:
    """Let a refusal within follow the warnings that stand before it."""
    try:
        yield
    except NotFoundError as error:
        # What the mapper says bears no `error:` here.
        error.text = "\n".join([*warnings, error.text.removeprefix("error: ")])
        raise
    except UsageError as error:
        error.text = "\n".join([*warnings, error.text])
        raise


def pairs(phrase: str, flag: str, typed: Iterable[str]) -> dict[str, str]:
    """Return what a flag of `key=value,key=value` says in all its places.

    Raises:
        UsageError: in pflag's words, where one is no such pair.
    """
    found: dict[str, str] = {}
    for text in typed:
        for pair in text.split(",") if text else ():
            key, separator, value = pair.partition("=")
            if not separator:
                raise UsageError(
                    f'error: invalid argument "{text}" for "--{flag}" flag: malformed pair,'
                    f" expect string=string\nSee 'kubectl {phrase} --help' for usage."
                )
            found[key.strip()] = value.strip()
    return found
