"""What each person has open: a stack of modals, and the Home tab of the app."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.demo.slack.inputs import Values
from bot.demo.slack.shapes import Json

ViewKind = Literal["modal", "home"]


@dataclass(frozen=True, slots=True)
class View:
    """One view in its newest version."""

    id: str
    person: str
    kind: ViewKind
    body: Json
    """As the app sent it, with the ids that Slack adds."""
    hash: str
    values: Values
    root: str = ""
    previous: str = ""
    origin: str = ""
    """The trigger of the act that brought it."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """What is amiss, by block_id: from Slack itself, or from the app."""
    trouble: str = ""
    """What Slack says when the app did not answer, or answered nonsense."""
    gone: bool = False


@dataclass(slots=True)
class Screens:
    """Every view. Only its methods write."""

    announce: Callable[[], None]
    changes: Counter[tuple[str, ViewKind]] = field(default_factory=Counter)
    """How often what a person sees of a kind has changed."""
    _views: dict[str, View] = field(default_factory=dict)
    _stacks: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _homes: dict[str, str] = field(default_factory=dict)

    def view(self, identifier: str) -> View | None:
        """Return a view that is still there."""
        found = self._views.get(identifier)
        return None if found is None or found.gone else found

    def latest(self, view: View) -> View:
        """Return the newest version of a view, there or gone."""
        return self._views[view.id]

    def named(self, external_id: str) -> View | None:
        """Return the view that an app gave this name to."""
        living = (view for view in self._views.values() if not view.gone)
        return next((v for v in living if v.body.get("external_id") == external_id), None)

    def stack(self, person: str) -> tuple[View, ...]:
        """Return the modals of a person, the lowest first."""
        return tuple(self._views[identifier] for identifier in self._stacks[person])

    def top(self, person: str) -> View | None:
        """Return the modal that a person has before them."""
        stack = self.stack(person)
        return stack[-1] if stack else None

    def home(self, person: str) -> View | None:
        """Return what the Home tab shows to a person."""
        identifier = self._homes.get(person)
        return None if identifier is None else self._views[identifier]

    def add(self, view: View) -> View:
        """Put a modal on top of its person's stack, or a Home view in its place."""
        if view.kind == "home":
            self._homes[view.person] = view.id
        else:
            self._stacks[view.person].append(view.id)
        return self._put(view)

    def rewrite(self, view: View, **changes: Any) -> View:
        """Put a new version in the place of a view."""
        return self._put(replace(self._views[view.id], **changes))

    def remove(self, *views: View) -> None:
        """Take modals off the screen."""
        for view in views:
            self._stacks[view.person].remove(view.id)
            self._put(replace(self._views[view.id], gone=True))

    def _put(self, view: View) -> View:
        self._views[view.id] = view
        self.changes[view.person, view.kind] += 1
        self.announce()
        return view
