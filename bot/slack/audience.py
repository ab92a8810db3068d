"""Whether an answer, as far as it has come, belongs before everyone in its place.

Pure. A read is public where its heading says so, a change always; refusals and mistakes are for
the person alone.
"""

from bot.core.access import Audience
from bot.slack.address import Address
from bot.slack.answer import Answer, Stage


def is_public(address: Address, answer: Answer) -> bool:
    """Tell whether the place may see the answer; for a press, whether it takes the message's place.

    What only its person sees (a direct message, an ephemeral one) counts as its own place.
    """
    origin = address.origin
    if origin and origin.press != "refresh":
        return _ends_proposal(answer)
    if origin and origin.ephemeral:
        return answer.has_result or not answer.has_problem
    if address.direct:
        return True
    if answer.private:
        return False
    heading = answer.heading
    if heading is None or heading.audience is not Audience.CHANNEL:
        return False
    return answer.has_result or not answer.has_problem


def _ends_proposal(answer: Answer) -> bool:
    # A heading means that the press was let through; whatever came of it is told to all. Before
    # that, someone without the right may have pressed: the buttons stay for those who have it.
    withdrawn = answer.stage is Stage.DONE and not answer.has_problem
    return bool(answer.heading) or answer.superseded or answer.has_result or withdrawn
