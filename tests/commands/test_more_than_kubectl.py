"""What a person is told beyond kubectl's own text, on a cluster with a bad release in it."""

import io
from dataclasses import replace

import pytest

from bot.terminal import open_terminal
from tests.cluster.bed import Bed

pytestmark = pytest.mark.boxed


async def run(bed: Bed, phrase: str, *, helpful: bool = True) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    async with open_terminal(str(bed.kubeconfig)) as opened:
        terminal = replace(opened, out=out, err=err)
        await terminal.run(phrase, yes=True, helpful=helpful)
    return out.getvalue(), err.getvalue()


async def test_a_shell_shows_the_verdict_above_the_table(bed: Bed) -> None:
    out, _ = await run(bed, "get pods -n shop")
    verdict, header, *_ = out.splitlines()
    assert "pods are not ready: " in verdict or "pods is not ready: " in verdict
    assert "broken-" in verdict
    assert header.startswith("NAME ")


async def test_a_script_is_given_kubectls_own_text_alone(bed: Bed) -> None:
    out, err = await run(bed, "get pods -n shop", helpful=False)
    assert out.startswith("NAME ")
    assert "not ready" not in out + err


async def test_the_worst_pods_come_first_on_request(bed: Bed) -> None:
    out, _ = await run(bed, "get pods -n shop --worst-first --no-headers", helpful=False)
    ready = [line.split()[1] for line in out.splitlines() if "Completed" not in line]
    bad = [cell.split("/")[0] != cell.split("/")[1] for cell in ready]
    assert bad[0]
    assert bad == sorted(bad, reverse=True)


async def test_a_pod_that_fails_leads_with_its_cause(bed: Bed) -> None:
    out, _ = await run(bed, "describe pod broken -n shop")
    first, *_ = out.splitlines()
    assert first.startswith("broken-")
    assert "does not work: broken waits, " in first
    assert out.index("\nName: ") < 2_000


async def test_a_name_that_is_not_there_is_answered_with_one_that_is(bed: Bed) -> None:
    _, err = await run(bed, "get deploy carts -n shop")
    assert err == (
        'Error from server (NotFound): deployments.apps "carts" not found\nDid you mean `cart`?\n'
    )


async def test_the_beginning_of_a_pods_name_is_enough_for_its_log(bed: Bed) -> None:
    _, err = await run(bed, "logs crashy -n shop --tail=1", helpful=False)
    assert err.startswith("Using pod/crashy-")


async def test_a_default_lasts_for_the_shell(bed: Bed) -> None:
    out, err = io.StringIO(), io.StringIO()
    async with open_terminal(str(bed.kubeconfig)) as opened:
        terminal = replace(opened, out=out, err=err)
        for phrase in ("use shop", "get deploy cart -o name"):
            assert await terminal.run(phrase, yes=True) == 0
        assert out.getvalue().endswith("deployment.apps/cart\n")
