"""What to do about a refusal: the name that is there, or who grants the right that is missing."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.access import Lack
from bot.core.errors import ForbiddenError, NotFoundError, QuarterdeckError
from bot.core.ports import Query, Reader
from bot.core.reply import Aside, Part, Problem, Verdict
from bot.kube.errors import lacking
from bot.kube.nearby import names_near


@dataclass(frozen=True, slots=True)
class Guide:
    """Adds to kubectl's own text the next thing to do, as far as the person may know it."""

    cluster: Reader
    advise: Callable[[Lack], str]
    """Says whom to ask for a right."""
    silent: bool = False
    """Whether the answer is kubectl's and nothing more, so that nothing is added to it."""

    async def add(self, error: QuarterdeckError) -> None:
        """Let the error say what can be done about it, if it does not yet."""
        if self.silent or error.next_step:
            return
        if isinstance(error, NotFoundError) and error.sought is not None:
            if names := await names_near(self.cluster, error.sought):
                shown = " or ".join(f"`{name}`" for name in names)
                error.next_step = f"Did you mean {shown}?"
        elif isinstance(error, ForbiddenError) and (lack := lacking(error)):
            error.next_step = self.advise(lack)

    async def __aenter__(self) -> "Guide":
        """Begin a block; an error that leaves it says what can be done about it."""
        return self

    async def __aexit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        """Let the error that ends the block say it."""
        if isinstance(error, NotFoundError | ForbiddenError):
            await self.add(error)

    async def mind(self, part: Part) -> Verdict | None:
        """Let a part that is a failure say it; return what is to be said behind an empty one."""
        if isinstance(part, Problem):
            await self.add(part.error)
        if isinstance(part, Aside) and part.nothing_in and not self.silent:
            return await self._no_namespace(part.nothing_in)
        return None

    async def _no_namespace(self, name: str) -> Verdict | None:
        try:
            namespaces = await self.cluster.resource("namespaces")
            await self.cluster.fetch(Query(namespaces, name=name))
        except NotFoundError as error:
            await self.add(error)
            return Verdict(f"There is no namespace `{name}`. {error.next_step}".rstrip())
        except QuarterdeckError:
            return None  # whoever may not see namespaces is told of none
        return None
