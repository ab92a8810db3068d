"""Alertmanager as one person may see and change it: what `core.alerting.Silences` promises.

Nothing is recorded here. Of several peers the next is asked where one does not answer; they tell
one another what they were told.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot.core.alerting import Matcher, Notice, Silence
from bot.core.clock import Clock
from bot.core.errors import RefusedError, UnreachableError
from bot.core.metrics import Reach
from bot.prometheus import faults
from bot.prometheus.asking import Asking, Means, Peer
from bot.prometheus.options import Caps, Source
from bot.prometheus.session import Call, Cap, PeerSession

_Result = TypeVar("_Result")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_ID = re.compile(r"[0-9a-zA-Z-]{1,64}")
# Silences that end so close to one another are the same, typed twice.
_SAME = timedelta(minutes=1)
# Longer than peers take to tell one another of a new silence.
_GOSSIP_SECONDS = 1.0
_DOCUMENT_ERRORS = (KeyError, TypeError, ValueError, IndexError, AttributeError)


class AlertmanagerClient:
    """The peers of one Alertmanager, shared by everybody."""

    def __init__(
        self, source: Source, caps: Caps, means: Means, connections: int, proxy: str | None
    ) -> None:
        self.source = source
        self.caps = caps
        patience = caps.seconds / 2 / max(1, len(source.peers))
        self.peers = tuple(
            AlertmanagerPeer(
                url, Peer(PeerSession(source, name, connections, proxy), means, patience), caps
            )
            for url, name in _named(source.peers)
        )

    async def ask(self, asking: Asking, path: str, parameters: Mapping[str, Any]) -> Any:
        """Return what the first peer that answers has at a path.

        Raises:
            QuarterdeckError: none of them has a good answer.
        """
        each = replace(asking, seconds=asking.seconds / len(self.peers))
        last = self.peers[-1]
        for peer in self.peers[:-1]:
            try:
                return await peer.ask(each, "GET", path, params=parameters)
            except UnreachableError:
                continue  # the next one knows as much
        return await last.ask(each, "GET", path, params=parameters)

    def close(self) -> None:
        """Close the connections."""
        for peer in self.peers:
            peer.peer.session.close()


def _named(urls: Sequence[str]) -> Sequence[tuple[str, str]]:
    if len(urls) == 1:
        return [(urls[0], "Alertmanager")]
    return [(url, f"Alertmanager {number}") for number, url in enumerate(urls, 1)]


@dataclass(frozen=True, slots=True)
class AlertmanagerPeer:
    """One of the peers."""

    url: str
    peer: Peer
    caps: Caps

    async def ask(
        self, asking: Asking, method: str, path: str, *, again: bool = True, **options: Any
    ) -> Any:
        """Return the document that answers."""

        def call() -> Call:
            return Call(asking.seconds, self.caps.bytes, {1: Cap(self.caps.series, "entries")})

        def work(made: Call) -> Any:
            self.peer.session.request(method, f"{self.url}/api/v2/{path}", **options)
            return made.document

        return await self.peer.ask(asking, call, work, again=again)


@dataclass(frozen=True, slots=True)
class SeenSilences:
    """One Alertmanager as one person may see and change it."""

    client: AlertmanagerClient
    reach: Reach
    person: str
    """Their key."""
    clock: Clock
    until: float
    """When the person's command ends, on the clock's monotonic time."""
    longest: timedelta
    """How long a silence may last."""

    async def notices(self, matchers: Sequence[Matcher] = ()) -> Sequence[Notice]:
        """Return the alerts that match all of these, silenced ones included."""
        filters = [*map(_written, matchers), *self._own_filter()]
        found = await self.client.ask(self._asking(), "alerts", {"filter": filters})
        notices = _read(lambda: [_notice(one) for one in found])
        return [one for one in notices if self._sees(one.labels.get(self.label, ""))]

    async def silences(self) -> Sequence[Silence]:
        """Return the silences that are active or pending, the next to end first.

        Who sees some namespaces alone is shown those that name one of them.
        """
        found = await self.client.ask(self._asking(), "silences", {})
        return [one for one in _standing(found) if self._is_ours(one)]

    async def silence(self, silence: Silence) -> str:
        """Silence, and return the id; one that is there already is kept.

        Raises:
            RefusedError: it is not for this person, or too long.
        """
        self._check(silence)

        async def make(peer: AlertmanagerPeer) -> str:
            asking = self._asking()
            standing = _standing(await peer.ask(asking, "GET", "silences"))
            for one in standing:
                if _is_same(one, silence):
                    return one.id
            body = _body(silence)
            found = await peer.ask(asking, "POST", "silences", again=False, json=body)
            return _read(lambda: str(found["silenceID"]))

        return await self._on_one(make)

    async def expire(self, id: str) -> Silence:
        """End the silence now, and return what it was.

        Raises:
            RefusedError: there is none of that id that this person may end.
        """
        wanted = next((one for one in await self.silences() if one.id == id), None)
        if wanted is None or not _ID.fullmatch(id):
            raise RefusedError(
                f"error: no silence {id} of yours is active or pending",
                next_step="`prom silences` lists them.",
            )

        async def end(peer: AlertmanagerPeer) -> Silence:
            asking = self._asking()
            standing = _standing(await peer.ask(asking, "GET", "silences"))
            if any(one.id == id for one in standing):
                await peer.ask(asking, "DELETE", f"silence/{id}", again=False)
            return wanted

        return await self._on_one(end)

    async def _on_one(self, work: Callable[[AlertmanagerPeer], Awaitable[_Result]]) -> _Result:
        """Do the work on the first peer that answers; what was done already is seen by it."""
        peers = self.client.peers
        attempts = peers if len(peers) > 1 else peers * 2
        for peer in attempts[:-1]:
            try:
                return await work(peer)
            except UnreachableError:
                # It may have been done, and only the answer be lost: the next one is told of it.
                await self.clock.sleep(_GOSSIP_SECONDS)
        return await work(attempts[-1])

    def _check(self, silence: Silence) -> None:
        if silence.ends_at <= self.clock.now():
            raise RefusedError("error: the silence would be over already")
        if silence.ends_at - silence.starts_at > self.longest:
            raise RefusedError(
                f"error: a silence may last {self.longest // timedelta(hours=1)} h at most",
                next_step="Choose a shorter time; it can be silenced again.",
            )
        if not self._is_ours(silence):
            [example, *_] = self.reach.namespaces or ("…",)
            raise RefusedError(
                f"error: you may silence what names one of your namespaces, with {self.label}="
                " and nothing else about that label",
                next_step=f'Add the matcher {self.label}="{example}".',
            )

    def _is_ours(self, silence: Silence) -> bool:
        """Tell whether it silences nothing but what is within the reach."""
        if self.reach.namespaces is None:
            return True
        about = [one for one in silence.matchers if one.name == self.label]
        return bool(about) and all(
            one.equal and not one.regex and one.value in (self.reach.namespaces or ())
            for one in about
        )

    @property
    def label(self) -> str:
        """Return the label that names an alert's namespace."""
        return self.client.source.namespace_label

    def _sees(self, namespace: str) -> bool:
        return self.reach.namespaces is None or namespace in self.reach.namespaces

    def _own_filter(self) -> list[str]:
        if self.reach.namespaces is None:
            return []
        pattern = "|".join(map(re.escape, self.reach.namespaces))
        return [str(Matcher(self.label, pattern, regex=True))]

    def _asking(self) -> Asking:
        left = self.until - self.clock.monotonic()
        if left <= 0:
            raise UnreachableError("error: the time for this command is over")
        return Asking(self.person, min(left, self.client.caps.seconds))


def _written(matcher: Matcher) -> str:
    if not _LABEL.fullmatch(matcher.name):
        raise RefusedError(
            f"error: {matcher.name!r} is no name of a label",
            next_step='Type matchers such as severity="page".',
        )
    return str(matcher)


def _is_same(one: Silence, other: Silence) -> bool:
    return (
        set(one.matchers) == set(other.matchers)
        and one.created_by == other.created_by
        and abs(one.ends_at - other.ends_at) <= _SAME
    )


def _standing(found: Any) -> list[Silence]:
    silences = _read(lambda: [_silence(one) for one in found])
    standing = [one for one in silences if one.state in ("active", "pending")]
    return sorted(standing, key=lambda one: (one.ends_at, one.id))


def _read(reading: Callable[[], _Result]) -> _Result:
    try:
        return reading()
    except _DOCUMENT_ERRORS as error:
        raise faults.other_document("Alertmanager") from error


def _notice(found: Mapping[str, Any]) -> Notice:
    status = found["status"]
    return Notice(
        dict(found["labels"]),
        dict(found.get("annotations") or {}),
        str(found["fingerprint"]),
        str(status["state"]),
        datetime.fromisoformat(found["startsAt"]),
        silenced_by=tuple(status.get("silencedBy") or ()),
        inhibited_by=tuple(status.get("inhibitedBy") or ()),
        receivers=tuple(one["name"] for one in found.get("receivers") or ()),
        generator=str(found.get("generatorURL") or ""),
    )


def _silence(found: Mapping[str, Any]) -> Silence:
    return Silence(
        tuple(_matcher(one) for one in found["matchers"]),
        datetime.fromisoformat(found["startsAt"]),
        datetime.fromisoformat(found["endsAt"]),
        str(found.get("createdBy") or ""),
        str(found.get("comment") or ""),
        str(found["id"]),
        str(found["status"]["state"]),
    )


def _matcher(found: Mapping[str, Any]) -> Matcher:
    # Alertmanager before 0.22 knows no negative ones, and says nothing of it.
    equal = bool(found.get("isEqual", True))
    return Matcher(found["name"], found["value"], bool(found["isRegex"]), equal)


def _body(silence: Silence) -> dict[str, Any]:
    return {
        "matchers": [
            {"name": one.name, "value": one.value, "isRegex": one.regex, "isEqual": one.equal}
            for one in silence.matchers
        ],
        "startsAt": _time(silence.starts_at),
        "endsAt": _time(silence.ends_at),
        "createdBy": silence.created_by,
        "comment": silence.comment,
    }


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
