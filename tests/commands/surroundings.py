"""What has to stand around an example so that it works, and so that it leaves nothing behind."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.cluster.bed import Bed

_OF_SHOP = "registry.example.org/shop"
_WEB, _AGENT, _DB = "deployment/web", "daemonset/agent", "statefulset/db"
Phrases = Sequence[str]

BEFORE: Mapping[str, Phrases] = {
    "rollout resume deploy/web": (f"rollout pause {_WEB}",),
    "rollout resume deploy -l app=broken": ("rollout pause deployment/broken",),
    "rollout undo deploy/web": (
        f"set image {_WEB} web={_OF_SHOP}/web:1.4.1",
        f"rollout status {_WEB}",
    ),
    "rollout undo daemonset/agent": (f"set image {_AGENT} agent=registry.example.org/agent:3.2",),
    "rollout undo ds/agent": (f"set image {_AGENT} agent=registry.example.org/agent:3.3",),
    "rollout undo sts/db": (
        f"set image {_DB} db=registry.example.org/postgres:16",
        f"rollout status {_DB}",
    ),
}
"""What is typed to kubectl before a phrase that begins so."""
AFTER: Mapping[str, Phrases] = {
    "scale": (f"scale {_WEB} --replicas=3", f"scale {_DB} --replicas=2"),
    "rollout pause deploy/web": (f"rollout resume {_WEB}",),
    "rollout pause deploy -l app=broken": ("rollout resume deployment/broken",),
    "rollout undo deploy/web": (f"set image {_WEB} web={_OF_SHOP}/web:1.4.2",),
    "set image deploy/web": (f"set image {_WEB} web={_OF_SHOP}/web:1.4.2",),
    "set env deploy/web LOG_LEVEL": (f"set env {_WEB} LOG_LEVEL-",),
    "label deploy/web team=": (f"label {_WEB} team-",),
    "annotate deploy/web owner=": (f"annotate {_WEB} owner-",),
    "patch svc web": ("label service/web tier-",),
}
"""What is typed to kubectl after it."""


@contextmanager
def around(bed: Bed, phrase: str) -> Iterator[None]:
    """Prepare what the phrase counts on, and put back what it changes for other tests."""
    _, _, count = phrase.partition("--current-replicas=")
    if count:
        # An example may ask for the number that another example leaves.
        _type(bed, (f"scale {_WEB} --replicas={count.split()[0]}",))
    _type(bed, _of(BEFORE, phrase))
    try:
        yield
    finally:
        if "--dry-run" not in phrase:
            _type(bed, _of(AFTER, phrase))


def _of(table: Mapping[str, Phrases], phrase: str) -> Phrases:
    return next((typed for begin, typed in table.items() if phrase.startswith(begin)), ())


def _type(bed: Bed, phrases: Phrases) -> None:
    for each in phrases:
        bed.kubectl.out(*each.split(), "-n=shop")
