"""`make demo`: what can be shown on the cluster that is at hand, and what it would need."""

import os
import sys
from pathlib import Path

from bot.core.errors import QuarterdeckError
from bot.terminal import open_terminal, run_shell

# Where `make cluster` keeps the kubeconfig of the cluster that it runs.
_OWN_CLUSTER = Path("cluster/kwok/clusters/quarterdeck/kubeconfig.yaml")
_PHRASES = (
    "version",
    "get nodes",
    "get deployments -A",
    "get pods -A | head -8",
)
_NEEDS = """\
The demo needs a cluster, and found none:
  - no cluster of `make cluster` runs (it needs Go once, to build a real control plane);
  - {why}

Start one with `make cluster` in another terminal, or set KUBECONFIG, and run `make demo` again.
"""


async def run_tour(kubeconfig: str, cache: Path) -> int:
    """Show a few commands on the cluster that is found, then open a shell on it."""
    own = cache / _OWN_CLUSTER
    chosen = str(own) if own.exists() else kubeconfig
    where = "the cluster of `make cluster`" if own.exists() else f"the kubeconfig {chosen}"
    why = await _unreachable(chosen)
    if why:
        sys.stdout.write(_NEEDS.format(why=why))
        return 0
    sys.stdout.write(f"Found {where}. Here each command runs as that kubeconfig's user;\n")
    sys.stdout.write("in Slack it would run as the person who typed it.\n")
    async with open_terminal(chosen) as terminal:
        for phrase in _PHRASES:
            sys.stdout.write(f"\n$ /kubectl {phrase}\n")
            sys.stdout.flush()
            await terminal.run(phrase, yes=False, helpful=True)
    sys.stdout.write('\nNow you: type "help", "get all -n NAMESPACE", or "exit".\n')
    sys.stdout.flush()
    return await run_shell(chosen, yes=False)


async def _unreachable(kubeconfig: str) -> str:
    """Return why the kubeconfig's cluster cannot be shown; empty: it can."""
    if not any(Path(path).expanduser().exists() for path in kubeconfig.split(os.pathsep) if path):
        return f"there is no kubeconfig at {kubeconfig}."
    try:
        async with open_terminal(kubeconfig) as terminal:
            await terminal.ask_version()
    except QuarterdeckError as error:
        return f"the kubeconfig {kubeconfig} leads nowhere: {error.text}"
    return ""
