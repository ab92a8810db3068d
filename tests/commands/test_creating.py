"""`create` in chat: who may create what, and a secret stands nowhere but on the wire."""

from dataclasses import replace

import orjson
import pytest

from bot.audit.record import canonical, told
from bot.core.errors import RefusedError
from bot.core.request import Attachment, Place, Surface
from tests.engine.rig import SHOP, Answer, Bot
from tests.kube.server import ACCESS_REVIEWS, body, status

SECRETS = "/api/v1/namespaces/shop/secrets"
PASSWORD = "hunter2hunter2"
FILE = Attachment("password.txt", PASSWORD.encode())
FROM_FILE = "create secret generic db --from-file=password=password.txt"
IN_A_MESSAGE = Place(Surface.MENTION, "CSHOP")


async def say(bot: Bot, text: str, place: Place = SHOP, *files: Attachment) -> Answer:
    answer = Answer()
    await bot.engine.serve(replace(bot.request(text, place=place), files=files), answer)
    return answer


def everything(bot: Bot, *answers: Answer) -> str:
    """Return all that was drawn and recorded, as text."""
    drawn = "".join(f"{answer.headings}{answer.parts}" for answer in answers)
    return drawn + "".join(canonical(told(entry)).decode() for entry in bot.ledger.entries)


@pytest.mark.parametrize(
    "phrase",
    [
        f"create secret generic db --from-literal=password={PASSWORD}",
        f"create secret generic db --from-literal 'password=a {PASSWORD}' --dry-run=client -o yaml",
        f"create secret docker-registry db --docker-username=u --docker-password={PASSWORD}",
    ],
)
async def test_a_secret_typed_in_chat_is_refused_and_not_repeated(bot: Bot, phrase: str) -> None:
    answer = await say(bot, phrase)
    assert isinstance(answer.problem, RefusedError)
    assert "the channel keeps what is typed" in answer.problem.text
    assert "Change that value now." in answer.problem.next_step
    assert bot.ledger.entries
    assert PASSWORD not in everything(bot, answer)
    assert not bot.server.to(SECRETS)


async def test_a_secrets_file_beside_a_message_is_refused(bot: Bot) -> None:
    answer = await say(bot, FROM_FILE, IN_A_MESSAGE, FILE)
    assert isinstance(answer.problem, RefusedError)
    assert "whoever reads the message can open it" in answer.problem.text
    assert not bot.server.to(SECRETS)


async def test_a_secret_from_a_form_is_shown_and_recorded_without_its_value(bot: Bot) -> None:
    bot.server.on(ACCESS_REVIEWS, body({"status": {"allowed": True}}))
    made = {"kind": "Secret", "metadata": {"name": "db"}, "data": {"password": "aHVudGVyMg=="}}
    bot.server.on(SECRETS, body(made, code=201))
    asked = await say(bot, FROM_FILE, SHOP, FILE)
    plan = asked.proposal.plan
    assert plan.secret
    assert "secret/db in shop: object none → new\n" in asked.text
    done = await bot.press(asked.proposal.ticket)
    assert done.text == "secret/db created\n"
    tried, sent = [one for one in bot.server.to(SECRETS) if one.method == "POST"]
    assert ("dryRun=All" in tried.target, "dryRun" in sent.target) == (True, False)
    assert orjson.loads(sent.body)["data"] == {"password": "aHVudGVyMmh1bnRlcjI="}
    assert "fieldManager=kubectl-create" in sent.target
    shown = asked.text + done.text + "".join(map(str, asked.headings))
    recorded = "".join(canonical(told(entry)).decode() for entry in bot.ledger.entries)
    for value in (PASSWORD, "aHVudGVyMmh1bnRlcjI"):
        assert value not in shown + recorded


@pytest.mark.parametrize("output", ["yaml", "json"])
async def test_a_secret_that_is_only_shown_is_shown_by_its_size(bot: Bot, output: str) -> None:
    answer = await say(bot, f"{FROM_FILE} --dry-run=client -o {output}", SHOP, FILE)
    assert "14 bytes" in answer.text
    assert PASSWORD not in everything(bot, answer)


@pytest.mark.parametrize(
    "phrase",
    [
        "create namespace other",
        "create role r --verb=get --resource=pods",
        "create rolebinding b --clusterrole=admin --user=ada",
        "create clusterrole r --verb=get --non-resource-url=/metrics",
        "create clusterrolebinding b --clusterrole=cluster-admin --user=ada",
    ],
)
async def test_what_gives_rights_away_is_created_for_nobody(bot: Bot, phrase: str) -> None:
    bot.server.on(ACCESS_REVIEWS, body({"status": {"allowed": True}}))
    answer = await say(bot, phrase)
    assert isinstance(answer.problem, RefusedError)
    assert "are not touched from here, whoever asks." in answer.problem.text
    assert {one.method for one in bot.server.asked} <= {"GET"}


async def test_a_refusal_of_the_cluster_is_told_as_kubectl_tells_it(bot: Bot) -> None:
    bot.server.on(ACCESS_REVIEWS, body({"status": {"allowed": True}}))
    there = status(409, "AlreadyExists", 'configmaps "c" already exists')
    bot.server.on("/api/v1/namespaces/shop/configmaps", there)
    asked = await say(bot, "create configmap c --from-literal=a=b")
    answer = await bot.press(asked.proposal.ticket)
    assert answer.problem.text == 'error: failed to create configmap: configmaps "c" already exists'


async def test_files_that_come_with_a_message_make_a_config_map(bot: Bot) -> None:
    phrase = "create configmap c --from-file=k=conf/app.conf --from-file=b.txt --dry-run=client"
    files = (Attachment("b.txt", b"b"), Attachment("app.conf", b"a"))
    answer = await say(bot, f"{phrase} -o yaml", IN_A_MESSAGE, *files)
    assert "data:\n  b.txt: b\n  k: a\n" in answer.text
    missing = await say(bot, phrase, IN_A_MESSAGE, files[0])
    assert "error reading conf/app.conf: no such file" in missing.problem.text
    assert missing.problem.next_step == (
        "What came is called b.txt. Attach app.conf to a message that mentions me."
    )


async def test_the_one_file_that_came_is_the_one_that_is_asked_for(bot: Bot) -> None:
    file = Attachment("Untitled", b"a")
    phrase = "create configmap c --from-file=app.conf --dry-run=client -o yaml"
    answer = await say(bot, phrase, IN_A_MESSAGE, file)
    assert "data:\n  app.conf: a\n" in answer.text
