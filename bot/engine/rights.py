"""What a person may do here, told to themselves: the policy's word on who they are by now."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.access import Rights
from bot.core.request import Request
from bot.engine.admission import Admission


@dataclass(frozen=True, slots=True)
class KnownRights:
    """Tells people their rights; what `core.access.RightsBook` promises."""

    admission: Admission
    of: Callable[[Request, str], Rights]
    """Looks up the rights; is given the default context's own name, too."""

    async def rights(self, request: Request) -> Rights:
        """Return the rights.

        Raises:
            RefusedError: the person has none.
        """
        known = await self.admission.introduced(request)
        return self.of(known, self.admission.clusters.default_context)
