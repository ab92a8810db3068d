"""T18: a manifest's Secret goes to the cluster, and nothing of its values stays on the way."""

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from bot.demo.slack.visible import SeenMessage
from tests.cluster.bed import Bed
from tests.stories.whole import Whole, whole

pytestmark = pytest.mark.boxed

VALUE, OTHER = "correct-horse-battery-story", "staple-of-the-second-story-"
FORMS = [
    form.encode() for v in (VALUE, OTHER) for form in (v, base64.b64encode(v.encode()).decode())
]
SECRET = """apiVersion: v1
kind: Secret
metadata: {{name: from-a-story}}
stringData: {{password: {}}}
"""
# None of the tiers lets anybody change Secrets.
KEEPERS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: story-keepers, namespace: shop}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, create, patch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: story-keepers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: story-keepers}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "quarterdeck:admins"}]
"""
NAME = ("secret/from-a-story", "-n=shop")


@pytest.fixture
def keepers(bed: Bed) -> Iterator[Bed]:
    bed.kubectl.out("apply", "--validate=false", "-f=-", stdin=KEEPERS)
    yield bed
    bed.kubectl.out("delete", "-f=-", stdin=KEEPERS)
    bed.kubectl.out("delete", *NAME, "--ignore-not-found")


def found_in(folder: Path) -> list[str]:
    """Return the files of the bot in which one of the values stands."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert any(file.suffix == ".db" or "sqlite" in file.name for file in files), files
    return [file.name for file in files if any(form in file.read_bytes() for form in FORMS)]


def shown(story: Whole) -> bytes:
    """Return all that the channel shows to anybody, with what its blocks hold unseen."""
    messages: list[SeenMessage] = []
    for viewer in (story.ada, story.vic):
        for message in story.slack.messages(story.shop, viewer):
            messages += [message, *message.replies()]
    told = [(message.plain(), message.text, list(message.blocks)) for message in messages]
    return orjson.dumps(told, default=str)


async def test_t18_a_secrets_values_stand_neither_in_the_store_the_log_nor_the_channel(
    keepers: Bed, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    key = secrets.token_urlsafe(32)
    tier = "quarterdeck:admins"
    async with whole(keepers, tmp_path, "socket", tier=tier, store_key=key) as story:
        for value in (VALUE, OTHER):
            typed = "/kubectl apply -f secret.yaml -n shop"
            form = await story.ada.open(story.shop, typed)
            await form.attach(
                "The manifest as a file", "secret.yaml", SECRET.format(value).encode()
            )
            card = await form.submit()
            await card.until(lambda seen: bool(seen.buttons))
            # It waits, and is kept: encrypted.
            assert found_in(tmp_path) == []
            await (await card.click("Confirm")).until("secret/from-a-story serverside-applied")
        compared = await story.ada.open(story.shop, "/kubectl diff -f secret.yaml -n shop")
        answer = await compared.submit({"Or as text": SECRET.format(VALUE)})
        await answer.until("*** (after)")
        told = shown(story)
    stored = keepers.kubectl.out("get", *NAME, "-o=jsonpath={.data.password}")
    assert stored.encode() == FORMS[3]
    log = "".join(capfd.readouterr()).encode()
    assert b"serverside-applied" in told
    assert b"policy_in_force" in log
    assert not [form for form in FORMS if form in told or form in log]
    assert found_in(tmp_path) == []


async def test_without_a_key_a_secret_is_refused_and_nothing_is_kept(
    keepers: Bed, tmp_path: Path
) -> None:
    async with whole(keepers, tmp_path, "socket", tier="quarterdeck:admins") as story:
        form = await story.ada.open(story.shop, "/kubectl apply -f secret.yaml -n shop")
        answer = await form.submit({"Or as text": SECRET.format(VALUE)})
        await answer.until("kept encrypted only")
        attached = story.ada.upload("secret.yaml", SECRET.format(VALUE).encode())
        refused = await story.ada.mention(story.shop, "apply -f secret.yaml", files=[attached])
        await refused.until("whoever reads the message can open it")
    assert found_in(tmp_path) == []
    missing = keepers.kubectl("get", *NAME)
    assert "NotFound" in missing.stderr
