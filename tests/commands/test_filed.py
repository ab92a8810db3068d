"""`-f` of the commands that also take names: whichever object a file names, as it is there."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from bot.core.request import Attachment
from tests.engine.rig import Answer, Bot
from tests.engine.test_changing import SCALE, scale
from tests.kube.server import body

CONF = "/api/v1/namespaces/shop/configmaps/conf"
FILE = b"{apiVersion: v1, kind: ConfigMap, metadata: {name: conf, labels: {tier: other}}, data: {}}"
WEB = b"{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 9}}"
FOREIGN = FILE.replace(b"name: conf", b"name: conf, namespace: ops")


def conf() -> dict[str, Any]:
    metadata = {"name": "conf", "namespace": "shop", "uid": "uid-1", "resourceVersion": "7"}
    return {"metadata": {**metadata, "labels": {"tier": "back"}}, "data": {"level": "debug"}}


async def said(bot: Bot, text: str, *files: tuple[str, bytes]) -> Answer:
    bot.server.on(CONF, body(conf()))
    bot.server.on(SCALE, body(scale(3)))
    answer = Answer()
    attached = tuple(Attachment(name, content) for name, content in files)
    await bot.engine.serve(replace(bot.request(text), files=attached), answer)
    return answer


async def test_what_a_file_names_is_changed_as_it_is_in_the_cluster(bot: Bot) -> None:
    answer = await said(bot, "label -f conf.yaml team=shop", ("conf.yaml", FILE))
    assert [one.subject for one in answer.proposal.plan.changes] == ["configmap/conf in shop"]
    await bot.press(answer.proposal.ticket)
    [patch] = [asked for asked in bot.server.to(CONF) if asked.changes]
    written = orjson.loads(patch.body)
    assert {"op": "add", "path": "/metadata/labels/team", "value": "shop"} in written
    assert b"other" not in patch.body


async def test_a_selector_looks_at_what_is_there(bot: Bot) -> None:
    named = await said(bot, "label -f c.yaml -l tier=back team=shop", ("c.yaml", FILE))
    assert len(named.proposal.plan.steps) == 1
    none = await said(bot, "label -f c.yaml -l tier=other team=shop", ("c.yaml", FILE))
    assert not any(part for part in none.parts if hasattr(part, "case"))


async def test_the_number_is_the_typed_one_and_not_the_files(bot: Bot) -> None:
    answer = await said(bot, "scale -f web.yaml --replicas=5", ("web.yaml", WEB))
    [change] = answer.proposal.plan.changes
    assert (change.before, change.after) == ("3", "5")


@pytest.mark.parametrize("files", [("p.yaml",), ("p.yaml", "c.yaml")])
async def test_a_patch_may_come_as_a_file_beside_the_objects(
    bot: Bot, files: tuple[str, ...]
) -> None:
    contents = {"p.yaml": b"data: {level: info}\n", "c.yaml": FILE}
    named = "-f c.yaml" if "c.yaml" in files else "cm conf"
    attached = [(name, contents[name]) for name in files]
    answer = await said(bot, f"patch {named} --patch-file p.yaml", *attached)
    [change] = answer.proposal.plan.changes
    assert (change.field, change.before, change.after) == ("data.level", "debug", "info")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("label cm conf -f c.yaml a=b", "you may not specify resource arguments as well"),
        ("label -k . a=b", "error: -k is refused"),
        ("label -f /etc/c.yaml a=b", "error: -f /etc/c.yaml is refused"),
        ("label -f c.yaml -n ops a=b", "is not changed from this channel"),
        ("patch cm conf --patch-file p.yaml", "error: unable to read patch file: open p.yaml"),
        ("patch cm conf --patch-file c.yaml -p {}", "cannot specify --patch and --patch-file"),
        ("scale -f c.yaml --replicas=2", "the server could not find"),
        ("rollout restart -f c.yaml", 'error: configmaps "conf" restarting is not supported'),
        ("expose -f c.yaml --port=80", "error: cannot expose a ConfigMap"),
        ("autoscale -f c.yaml --max=3", "error: cannot autoscale a ConfigMap"),
        ("set image -f c.yaml a=b", "does not have a pod template"),
        ("rollout undo -f c.yaml", "error: no rollbacker has been implemented"),
    ],
)
async def test_what_cannot_be_is_refused(bot: Bot, text: str, told: str) -> None:
    files = [] if "p.yaml" in text or "-k" in text else [("c.yaml", FILE)]
    answer = await said(bot, text, *files)
    assert told in answer.problem.text
    assert not any(asked.changes for asked in bot.server.asked)


async def test_another_namespace_than_the_channels_is_refused(bot: Bot) -> None:
    there = conf()
    there["metadata"]["namespace"] = "ops"
    bot.server.on(CONF.replace("/shop/", "/ops/"), body(there))
    answer = await said(bot, "label -f c.yaml team=shop", ("c.yaml", FOREIGN))
    assert "Namespace ops is not changed from this channel" in answer.problem.text
    assert not any(asked.changes for asked in bot.server.asked)
