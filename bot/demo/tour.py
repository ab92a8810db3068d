"""`quarterdeck demo`: a simulated cluster with a shop in it, measured, and the bot on it.

All of it runs in one process.
"""

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.demo.cluster import scenes
from bot.demo.cluster.box import Box
from bot.demo.prometheus.box import Observatory
from bot.environment import with_variables
from bot.terminal import open_terminal, run_shell

_ENDED = 143
"""As a shell reports a process that SIGTERM ended."""
_SHOWN = "get pods"
_WELCOME = """\
A simulated cluster runs in this process, with a shop in it: the release of `web` is well, that of
`checkout` has an image that cannot be pulled, `search` crashes, and `reports` finds no room.

{people}
kubectl can look at it, too (with --validate=false where it applies something):
  export KUBECONFIG={kubeconfig}

Type "help", or for example "rollout status deploy/checkout" (Ctrl-C ends it), "logs deploy/web",
"scale deploy/web --replicas=5", and "exit". Without -n or -A they are about the namespace `shop`.
The shop is measured: "prom sum by (job) (rate(http_requests_total[5m]))", and "prom alerts".
This release of `web` fails three requests in ten, and an alert comes in two minutes:
  set image deploy/web web=registry.example.org/shop/web:error-30-1.5.0
"""


async def run_tour(name: str | None, *, headless: bool) -> int:
    """Start the cluster, and be that person in it until the shell ends; return the exit code.

    Headless, it prints where the kubeconfig, Prometheus and Alertmanager are, and waits for a
    signal; no name means the administrator then, and ada in the shell.
    """
    releases = scenes.read(scenes.RELEASES)
    with tempfile.TemporaryDirectory(prefix="quarterdeck-demo-") as folder:
        async with Box(Path(folder), scene=scenes.SHOP) as box:
            # What was there before the releases has been there for two hours.
            await scenes.settled(box.registry, releases)
            async with Observatory(box.registry, box.clock) as observatory:
                await scenes.release(box.registry, releases)
                if headless:
                    kubeconfig = box.kubeconfig_of(name) if name else box.kubeconfig
                    return await _wait(kubeconfig, observatory)
                with with_variables(_addresses(observatory)):
                    return await _talk(box, name or scenes.PEOPLE[0].name)


def _addresses(observatory: Observatory) -> dict[str, str]:
    """Return the settings by which the terminal knows what measures the shop."""
    prefix = "QUARTERDECK_PROMETHEUS__"
    addresses = {"URL": observatory.url, "ALERTMANAGER": observatory.alerts_url}
    return {f"{prefix}{name}": address for name, address in addresses.items()}


async def _wait(kubeconfig: Path, observatory: Observatory) -> int:
    ended = asyncio.Event()
    _on_signals(ended.set, signal.SIGINT, signal.SIGTERM)
    told = {
        "kubeconfig": str(kubeconfig),
        "prometheus": observatory.url,
        "alerts": observatory.alerts_url,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    await ended.wait()
    return 0


async def _talk(box: Box, name: str) -> int:
    kubeconfig = box.kubeconfig_of(name)
    sys.stdout.write(_WELCOME.format(people=_introduced(name), kubeconfig=kubeconfig))
    async with open_terminal(str(kubeconfig)) as terminal:
        sys.stdout.write(f"\n$ /kubectl {_SHOWN}\n")
        await terminal.run(_SHOWN, yes=False, helpful=True)
    sys.stdout.write("\n")
    sys.stdout.flush()
    shell = asyncio.create_task(run_shell(str(kubeconfig), yes=False))
    _on_signals(shell.cancel, signal.SIGTERM, signal.SIGHUP)
    await asyncio.wait({shell})
    return _ENDED if shell.cancelled() else shell.result()


def _introduced(name: str) -> str:
    """Return who there is to be, and who one is."""
    lines = [
        f"  {each.name:5}{each.role:11}{'you' if each.name == name else f'--as {each.name}'}\n"
        for each in scenes.PEOPLE
    ]
    return "".join(("You can be\n", *lines))


def _on_signals(act: Callable[[], object], *signals: signal.Signals) -> None:
    loop = asyncio.get_running_loop()
    for each in signals:
        loop.add_signal_handler(each, act)
