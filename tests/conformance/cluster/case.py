"""Requests and timelines that the box and a real control plane must answer alike.

A case is one sentence of the scope, and the steps that prove it. It is recorded from the real
control plane before it is simulated:

    python -m tests.conformance.cluster record [PATTERN ...]    writes recorded/ROOM/CASE.json
    python -m tests.conformance.cluster check [PATTERN ...]     compares with what was recorded
    python -m tests.conformance.cluster show [PATTERN ...]      prints the answers, writes nothing

They run on the cluster of KUBECONFIG, as its administrator (or --kubeconfig=FILE); a pattern is
a part of `room/sentence`. The recording is read, as text, before it is kept: it is what the
simulator is built to.
`pytest -m "not peers" tests/conformance/cluster` compares the box with it; `pytest -m peers ...`
compares a fresh real control plane with it. A case that is not recorded, or that has steps other
than those recorded, fails; nothing is skipped.

To write cases: a module `cases_ROOM.py` with `CASES`, a tuple of `Case`, and a docstring whose
first line names the room in docs/simulated-cluster.md, which lists every sentence.

    Case("an object that exists cannot be created again", (
        create(config_map("one")),
        create(config_map("one")),
    ))
    Case("a deployment becomes available", (
        create(deployment("web", replicas=2), keep=()),
        Until(f"{APPS}/deployments/web", condition("Available"), keep=("/status",)),
    ))

- Each case has a namespace of its own, made before its first step and deleted after its last.
  `{ns}` in a path, header or body becomes its name; objects outside of namespaces are named with it
  (`{ns}-reader`) and removed by `after`.
- A step may keep a value of its answer under a name (`save={"version": "/metadata/..."}`, a JSON
  Pointer); `{version}` stands for it in later steps.
- `keep` chooses what of an answer's body is compared, by JSON Pointers: None is all of it, `()`
  none. The status code is always compared.
- normal.py says what is ignored: names that were generated, times, uids, versions, addresses,
  managedFields (unless the step's `managed`), and of pods what the bed's simulated kubelet does
  not tell.
- Simulated time runs faster than a clock on the wall, so no step waits for a time: `Until` waits
  for a state. When it is recorded its answer is the first that has it; when it is compared, the
  first that has it and is as recorded, or else what there is after a few seconds.
- writing.py makes objects and requests in one word each; look there first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Pointers: TypeAlias = Sequence[str] | None
Headers: TypeAlias = Mapping[str, str | Sequence[str]]
"""A sequence is a header that is sent several times."""
Check: TypeAlias = Callable[[int, Any], bool]
"""Whether an answer, by its code and body, is what was waited for."""

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """One request and its answer."""

    method: str
    path: str
    """With its query: `/api/v1/namespaces/{ns}/pods?limit=2`."""
    body: Any = None
    """Sent as JSON; a text as it stands, without replacing `{…}` in it."""
    content_type: str = JSON
    accept: str = JSON
    headers: Headers = field(default_factory=dict)
    """Such as `Authorization`, which takes the place of the administrator's own credentials."""
    save: Mapping[str, str] = field(default_factory=dict)
    """Names for later steps, each with a JSON Pointer into the answer's body."""
    keep: Pointers = None
    managed: bool = False
    """Whether managedFields are compared, too."""

    def __str__(self) -> str:
        """Return the request in one line, as recordings name it."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Until:
    """The first answer to a GET that passes the check."""

    path: str
    check: Check
    keep: Pointers = None
    accept: str = JSON
    headers: Headers = field(default_factory=dict)
    save: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 30
    """After so many seconds on the wall the case fails, with the last answer."""

    def __str__(self) -> str:
        """Return the step in one line, as recordings name it."""
        return f"until {self.path}"


@dataclass(frozen=True, slots=True)
class Follow:
    """A streamed answer, line by line: a watch, or a log that is followed."""

    path: str
    lines: int | None
    """How many are read; None: until the server ends the stream."""
    meanwhile: "Sequence[Request | Until]" = ()
    """What is done once the stream is open; their answers are recorded, too."""
    keep: Pointers = None
    """What is compared of each line that is a JSON object: of a watch, `/type`, `/object/…`."""
    accept: str = JSON
    headers: Headers = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the step in one line, as recordings name it."""
        return f"follow {self.path}"


@dataclass(frozen=True, slots=True)
class Exec:
    """A command in a container, over a WebSocket: what comes on each channel."""

    path: str
    """With `?command=…&stdout=1&stderr=1`."""
    stdin: str | None = None
    """Written to channel 0, which is then closed (v5)."""
    protocol: str = "v5.channel.k8s.io"
    headers: Headers = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the step in one line, as recordings name it."""
        return f"exec {self.path}"


Step: TypeAlias = Request | Until | Follow | Exec


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence of the scope, and the steps that prove it."""

    sentence: str
    """Lower case, without a full stop: `a list is cut by a limit and continued`."""
    steps: Sequence[Step]
    after: Sequence[str] = ()
    """Paths that are deleted when the case ends, however it ends: objects outside namespaces."""
