"""What tells people in Slack of their watches, as letters: each arrives once, over restarts.

Labels and expressions are anybody's text. Nothing of them is markup, so that they mention nobody.
"""

from dataclasses import dataclass

from bot.core.request import Surface
from bot.core.watching import News, Watch
from bot.prometheus.measuring import guess_unit
from bot.render.alerts import line
from bot.render.watches import sentence, series_lines
from bot.slack import blocks, controls
from bot.slack.blocks import Block, Message
from bot.slack.controls import Asked
from bot.slack.escaping import visible
from bot.slack.letters import Letter, Letters

_EXPRESSION = 300


@dataclass(frozen=True, slots=True)
class LetterHerald:
    """What `core.watching.Herald` promises."""

    letters: Letters

    async def tell(self, news: News) -> None:
        """See to it that the message arrives once, over restarts.

        Raises:
            StoreError: it cannot be kept, so it is told later.
        """
        watch, said = news.watch, message(news)
        user = watch.person.rpartition("/")[2]
        alone = watch.private and watch.place.surface is not Surface.DIRECT
        channel, thread = (user, "") if alone else (watch.place.channel, watch.place.thread)
        # A post whose answer was lost is looked for by this.
        request = news.key.replace("/", "-")
        letter = Letter(channel, "", thread, user, request, said.text, said.blocks)
        # Held by nobody: the postman's next round delivers it.
        await self.letters.keep(news.key, letter, 0)


def message(news: News) -> Message:
    """Return the message: the sentence, what is watched for whom, and what it is true of."""
    watch = news.watch
    head = [
        blocks.words(f"{sentence(news)}: ", bold=True),
        blocks.words(_expression(watch), code=True),
        blocks.words("  for "),
        blocks.mention(watch.person, watch.name),
    ]
    where = f"{watch.context}/{watch.namespace}" if watch.namespace else watch.context
    if watch.source:
        where += f" in {watch.source}"
    tail = f"{line(where)} · watch {watch.id} · until {watch.until:%Y-%m-%d %H:%M} UTC"
    found: list[Block] = [blocks.line(head)]
    rows = series_lines(news.series, guess_unit(watch.expression, {}))
    if rows:
        found.append(blocks.preformatted(visible("\n".join(rows))))
    found.append(blocks.sentence(tail))
    if not news.final:
        asked = Asked(f"prom unwatch {watch.id}", watch.place, watch.person.rpartition("/")[2])
        found += controls.choices((controls.Next("End the watch", asked),))
    return Message(blocks.mrkdwn(head), tuple(found))


def _expression(watch: Watch) -> str:
    return visible(line(watch.expression, _EXPRESSION)) or "-"
