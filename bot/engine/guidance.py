"""What to do about a refusal: the name that is there, or who grants the right that is missing."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from bot.core.access import Lack
from bot.core.errors import ForbiddenError, NotFoundError, QuarterdeckError
from bot.core.ports import Reader
from bot.core.reply import Part, Problem, Reply
from bot.engine.filtering import finishing
from bot.kube.errors import lacking
from bot.kube.nearby import names_near


@dataclass(frozen=True, slots=True)
class Guide:
    """Adds to kubectl's own text the next thing to do, as far as the person may know it."""

    cluster: Reader
    advise: Callable[[Lack], str]
    """Says whom to ask for a right."""

    async def add(self, error: QuarterdeckError) -> None:
        """Let the error say what can be done about it, if it does not yet."""
        if error.next_step:
            return
        if isinstance(error, NotFoundError) and error.sought is not None:
            if names := await names_near(self.cluster, error.sought):
                shown = " or ".join(f"`{name}`" for name in names)
                error.next_step = f"Did you mean {shown}?"
        elif isinstance(error, ForbiddenError) and (lack := lacking(error)):
            error.next_step = self.advise(lack)

    async def beside(self, reply: Reply) -> AsyncIterator[Part]:
        """Yield the reply, whose errors say what can be done about them."""
        async with finishing(reply):
            try:
                async for part in reply:
                    if isinstance(part, Problem):
                        await self.add(part.error)
                    yield part
            except (NotFoundError, ForbiddenError) as error:
                await self.add(error)
                raise
