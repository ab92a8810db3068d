"""Whether the Prometheus and Alertmanager servers of the settings can be asked, for `doctor`."""

from collections.abc import AsyncIterator, Callable, Sequence

from bot.core.clock import Clock
from bot.core.errors import PrometheusError, QuarterdeckError
from bot.core.health import Finding, State
from bot.prometheus.alertmanager import AlertmanagerPeer
from bot.prometheus.asking import Asking
from bot.prometheus.options import Options, Source
from bot.prometheus.sources import DOCUMENT, PrometheusSources

_PERSON = "doctor"


async def check_prometheus(
    options: Options,
    contexts: Sequence[str],
    default_context: str,
    clock: Clock,
    proxy_for: Callable[[str], str | None],
) -> list[Finding]:
    """Return how each server is, and for which of the contexts there is none.

    Raises:
        ConfigurationError: the file of sources is wrong.
    """
    if not options.any:
        text = f"No Prometheus is set up, so there are no metrics and no alerts ({DOCUMENT})."
        return [Finding(State.GOOD, text)]
    sources = PrometheusSources(
        options, clock, default_context=lambda: default_context, proxy_for=proxy_for
    )
    asking = Asking(_PERSON, options.seconds)
    try:
        found = [one async for one in _servers(sources, asking)]
    finally:
        await sources.close()
    missing = [context for context in contexts if not sources.sources(context)]
    if missing:
        text = f"No Prometheus is set up for {', '.join(missing)}."
        step = f"Add the context to a source in {options.file} ({DOCUMENT})."
        found.append(Finding(State.LACKING, text, step))
    return found


async def _servers(sources: PrometheusSources, asking: Asking) -> AsyncIterator[Finding]:
    for source in sources.all():
        for one in await _prometheus(sources, source, asking):
            yield one
        peers = sources.alertmanager(source).peers if source.peers else ()
        for peer in peers:
            yield await _alertmanager(peer, asking)


async def _alertmanager(peer: AlertmanagerPeer, asking: Asking) -> Finding:
    try:
        status = await peer.ask(asking, "GET", "status")
        version = status["versionInfo"]["version"]
    except QuarterdeckError as error:
        return _broken(peer.url, error)
    except (KeyError, TypeError):
        text = f"{peer.url} answers, but not as Alertmanager does."
        return Finding(State.BROKEN, text, "Check QUARTERDECK_PROMETHEUS__ALERTMANAGER.")
    return Finding(State.GOOD, f"Alertmanager at {peer.url} answers: {version}.")


async def _prometheus(sources: PrometheusSources, source: Source, asking: Asking) -> list[Finding]:
    client = sources.client(source)
    try:
        version = await client.version(asking)
        namespaces = await client.values(asking, source.namespace_label)
    except QuarterdeckError as error:
        return [_broken(source.url, error)]
    found = [Finding(State.GOOD, f"Prometheus {source.name} at {source.url} answers: {version}.")]
    if not namespaces:
        text = f"No series of Prometheus {source.name} has the label {source.namespace_label}."
        step = (
            "People who may see some namespaces alone see no series: set the label by which its "
            "series are told apart, QUARTERDECK_PROMETHEUS__NAMESPACE_LABEL."
        )
        found.append(Finding(State.LACKING, text, step))
    return found


def _broken(url: str, error: QuarterdeckError) -> Finding:
    step = error.next_step if isinstance(error, PrometheusError) else ""
    return Finding(
        State.BROKEN,
        f"{url}: {error.text}",
        step or "Check its address, and the network policy between the bot and it.",
    )
