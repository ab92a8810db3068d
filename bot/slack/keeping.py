"""What is done with an answer before its last state is shown: it is kept, its pictures are sent.

Nothing here keeps an answer from being shown: what fails is logged, and the answer stands
without its buttons or with its numbers in words.
"""

import asyncio

import structlog

from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.core.request import Request
from bot.slack.answer import Answer, File
from bot.slack.calls import FAILURES
from bot.slack.controls import Asked
from bot.slack.kept import KEPT_BYTES, Kept, Results, dump_kept
from bot.slack.outbox import Outbox
from bot.slack.tables import Tables

_LOG = structlog.stdlib.get_logger(__name__)


class Keeper:
    """Keeps results for the buttons below them; what `answer.Prepare` promises."""

    def __init__(
        self, results: Results, outbox: Outbox, clock: Clock, tables: Tables = "text"
    ) -> None:
        self._tables = tables
        self._results = results
        self._outbox = outbox
        self._clock = clock

    async def prepare(self, request: Request, answer: Answer) -> None:
        """Make an answer that has ended ready to be shown."""
        answer.tables = self._tables
        await answer.settle()
        for picture in answer.sidelines.pictures:
            file = File("chart.png", picture.chart.png, "")
            try:
                picture.file = await self._outbox.attach(file)
            except FAILURES as error:
                _LOG.warning("slack_picture_lost", request=request.id, reason=error.text)
        user = request.person.key.partition("/")[2]
        # What is chosen next is asked for as whoever presses, whatever this answer was.
        answer.typed = asked = Asked(request.text, request.place, user)
        heading = answer.heading
        if heading is None or not heading.seal or not answer.has_result:
            return
        answer.asked = asked
        await self._keep(request, answer)

    async def _keep(self, request: Request, answer: Answer) -> None:
        heading = answer.heading
        if heading is None or not answer.sections:
            return
        user = request.person.key.partition("/")[2]
        now = self._clock.now()
        verdicts = tuple(answer.sidelines.verdicts)
        kept = Kept(user, request.text, request.place, heading, now, answer.sections, verdicts)
        payload = await asyncio.to_thread(dump_kept, kept)
        if len(payload) > KEPT_BYTES:
            return
        try:
            answer.result = await self._results.put(request.person.key, payload)
        except StoreError as error:
            _LOG.warning("slack_result_not_kept", request=request.id, reason=error.text)
