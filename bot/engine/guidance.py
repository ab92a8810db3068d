"""What to type in place of a name that is not there."""

from collections.abc import AsyncIterator

from bot.core.errors import NotFoundError, QuarterdeckError
from bot.core.ports import Reader
from bot.core.reply import Part, Problem, Reply
from bot.engine.filtering import finishing
from bot.kube.nearby import names_near


async def guide(error: QuarterdeckError, cluster: Reader) -> None:
    """Let the error say which names there are, if it is about one that there is not."""
    if not isinstance(error, NotFoundError) or error.sought is None or error.next_step:
        return
    if names := await names_near(cluster, error.sought):
        shown = " or ".join(f"`{name}`" for name in names)
        error.next_step = f"Did you mean {shown}?"


async def guided(reply: Reply, cluster: Reader) -> AsyncIterator[Part]:
    """Yield the reply, whose errors say what may have been meant."""
    async with finishing(reply):
        try:
            async for part in reply:
                if isinstance(part, Problem):
                    await guide(part.error, cluster)
                yield part
        except NotFoundError as error:
            await guide(error, cluster)
            raise
