"""`make cluster`: the test bed for a person, until Ctrl-C.

`KUBERNETES=v1.36.3 make cluster` builds and starts that version.
"""

import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.bed import Bed, furnished, start
from tests.cluster.build import build, say
from tests.cluster.peers import ClusterError, Located, cache_folder, locate
from tests.metrics.bed import MetricsBed, measured


def main() -> int:
    """Run a cluster in the foreground; return the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    cache = cache_folder(os.environ)
    try:
        located = locate(os.environ)
        build(located, cache, shutil.which("go"))
        with _the_only_one(cache) as home:
            return _run(located, home)
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nThe cluster has been stopped.")
        return 0


def _run(located: Located, home: Path) -> int:
    started = time.monotonic()
    say(f"starting Kubernetes {located.version} ...")
    plane = start(located, home)
    try:
        bed = furnished(plane, located)
        with measured(bed, located) as metrics:
            say(welcome(bed, metrics, located.version, time.monotonic() - started))
            plane.keeper.wait()
    finally:
        plane.stop()
    raise ClusterError("the cluster has ended by itself")


@contextmanager
def _the_only_one(cache: Path) -> Iterator[Path]:
    """Yield the known, empty home of the one cluster that `make cluster` runs."""
    home = cache / "cluster"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "cluster.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ClusterError(f"a cluster runs already in {home}: stop that one first") from None
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        yield home


def welcome(bed: Bed, metrics: MetricsBed, version: str, seconds: float) -> str:
    """Return what a person needs to know about the cluster that runs now."""
    return f"""
Kubernetes {version} runs on {bed.server} (ready in {seconds:.1f} s), with the namespaces shop,
prod and ops. You are its administrator with

  export KUBECONFIG={bed.kubeconfig}
  {bed.kubectl.binary} get all -n shop

The bot's own kubeconfig is {bed.bot_kubeconfig}; what the API server saw is written to
{bed.audit_log}.

Prometheus measures it on {metrics.prometheus}; its alerts go to Alertmanager on
{metrics.alertmanager}. How many requests of a pod fail is in its image's tag: `web:1.5.0-error-30`.

Ctrl-C stops it and removes everything."""


if __name__ == "__main__":
    raise SystemExit(main())
