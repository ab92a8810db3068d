"""A plan that waits for a press, and all that can become of it.

    WAITING ──▶ RUNNING ──▶ DONE | FAILED | UNKNOWN
       │
       └──▶ DENIED | WITHDRAWN | EXPIRED | SUPERSEDED

Only a waiting proposal can be pressed, and only one press makes it run. Every stage on the right
is final.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.core.command import Effect
from bot.core.plan import Plan, Target
from bot.core.request import Place


class Consent(StrEnum):
    """What a change waits for."""

    NONE = "none"
    CONFIRM = "confirm"
    """The person's own confirmation of what is shown."""
    APPROVE = "approve"
    """Somebody else's approval."""
    APPROVE_TWO = "approve-two"
    """The approval of two others."""

    @property
    def needed(self) -> int:
        """Return how many others have to approve."""
        return {Consent.APPROVE: 1, Consent.APPROVE_TWO: 2}.get(self, 0)


class Stage(StrEnum):
    """How a proposal stands."""

    WAITING = "waiting"
    RUNNING = "running"
    """Its steps are being carried out, by one replica."""
    DONE = "done"
    FAILED = "failed"
    """A step was refused; the words say what was and what was not done."""
    UNKNOWN = "unknown"
    """No answer says whether the last step was carried out, and reading does not either."""
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    """Something that the plan reads or writes has changed since it was shown."""

    @property
    def final(self) -> bool:
        """Return whether it stays so."""
        return self not in (Stage.WAITING, Stage.RUNNING)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who asks for a change, or who decides about it."""

    key: str
    """`TEAM/USER` in Slack."""
    record: str
    """Equal for two accounts that belong to one human being, as far as the policy knows."""
    name: str = ""

    @property
    def id(self) -> str:
        """Return the id by which the surface and the policy know them."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Jury:
    """Who may approve a change; who is named is mentioned."""

    people: tuple[str, ...] = ()
    """The ids of people, as the surface knows them."""
    usergroups: tuple[str, ...] = ()
    """The ids of the surface's user groups."""
    groups: tuple[str, ...] = ()
    """Kubernetes groups whose members may."""
    anyone: bool = False
    """Whether nobody is named, and whoever may make the change may approve it."""

    def words(self) -> str:
        """Return who they are, for a sentence."""
        if self.anyone:
            return "whoever may make this change"
        named = [*self.people, *self.usergroups, *self.groups]
        return ", ".join(named) or "nobody"


@dataclass(frozen=True, slots=True)
class Message:
    """Where a proposal's card stands."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is kept of a proposal when it begins to wait."""

    plan: Plan
    consent: Consent
    requester: Party
    place: Place
    request: str
    """The id of the request that was typed."""
    text: str
    """As it was typed, so that it can be planned again."""
    jury: Jury = Jury()
    link: str = ""
    """The address of the message that asked."""
    on_call: bool = False
    """Whether somebody is named who may break the glass for it."""
    held: str = ""
    """Why nobody may make it now, so that only broken glass does; empty: nothing holds it."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's decision."""

    party: Party
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal as it stands."""

    ticket: str
    """Opaque, and guessed by nobody."""
    proposed: Proposed
    created: datetime
    expires: datetime
    stage: Stage = Stage.WAITING
    approvals: tuple[Vote, ...] = ()
    closed_by: Vote | None = None
    """Who denied, withdrew or broke the glass, and why."""
    words: str = ""
    """What came of it, for the card; empty while it waits."""
    broken_glass: bool = False
    """Whether it runs without the approvals that it needs."""
    step: int = 0
    """How many steps have been carried out."""
    sent: bool = False
    """Whether the step after those has been sent, and nothing is known of it yet."""
    message: Message | None = None
    reminded: bool = False

    @property
    def missing(self) -> int:
        """Return how many approvals it still needs."""
        return max(0, self.proposed.consent.needed - len(self.approvals))

    @property
    def able(self) -> Jury:
        """Return who can still approve: whoever is named, but who asks or has approved it."""
        spent = {self.proposed.requester.id, *(vote.party.id for vote in self.approvals)}
        jury = self.proposed.jury
        return replace(jury, people=tuple(id_ for id_ in jury.people if id_ not in spent))

    @property
    def to_type(self) -> str:
        """Return what whoever approves a loss has to type; empty: nothing.

        It is the name of the one object that is lost; of several, their namespace or cluster.
        """
        if not self.proposed.consent.needed:
            return ""
        lost = [one.target for one in self.proposed.plan.steps if one.effect is Effect.DESTROY]
        if not lost:
            return ""
        names = {(target.kind, target.name) for target in lost}
        return lost[0].name if len(names) == 1 else lost[0].namespace or lost[0].context


class Answer(StrEnum):
    """What came of a press."""

    WON = "won"
    """It runs, and whoever pressed runs it."""
    COUNTED = "counted"
    """It is one of several approvals that are needed."""
    TWICE = "twice"
    """This person has approved it already."""
    CLOSED = "closed"
    """It does not wait any more."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a press, and how the proposal stands since."""

    answer: Answer
    case: Case | None
    """None: there is no such proposal (any more)."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """A time of every week at which the policy lets nobody change some places."""

    contexts: tuple[str, ...]
    """Empty: every cluster."""
    namespaces: tuple[str, ...]
    """Patterns; empty: every namespace."""
    hours: str
    """Such as `fri, sat 17:00-08:00 Europe/Berlin`."""
    reason: str
    in_force: bool
    """Whether it holds now."""
    until: datetime | None
    """When it ends, if it holds now; None: never."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that lets nobody change a namespace, or one object, for a time."""

    id: str
    context: str
    """`*`: in every cluster."""
    namespace: str
    resource: str = ""
    """Of a lock: the type of the object, such as `deployments.apps`; empty: a freeze."""
    name: str = ""
    until: datetime | None = None
    """None: until it is lifted."""
    by: Party = field(default_factory=lambda: Party("", ""))
    """Without a key it is the policy's own, which nobody lifts."""
    reason: str = ""
    at: datetime | None = None

    @property
    def about(self) -> tuple[str, ...]:
        """Return what it holds; there is one hold of it at a time."""
        return (self.context, self.namespace, self.resource, self.name)

    def covers(self, target: Target) -> bool:
        """Tell whether it lets nobody change the object."""
        if self.context not in ("*", target.context) or self.namespace != target.namespace:
            return False
        resource = f"{target.resource}.{target.group}" if target.group else target.resource
        return not self.resource or (self.resource, self.name) == (resource, target.name)
