"""What each command that patches sends, to the operation, and what it says in place of that."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
import pytest_asyncio

from bot.core.plan import Change, Create, Merge, Patch, Plan, Seen
from tests.engine import rig
from tests.engine.rig import Answer, Bot
from tests.kube.catalogue import SCALE, document, group, resource
from tests.kube.objects import replica_set, template, web
from tests.kube.server import body

APPS = "/apis/apps/v1/namespaces/shop"
WEB, CONF = f"{APPS}/deployments/web", "/api/v1/namespaces/shop/configmaps/conf"
TYPES = document(
    group(
        "apps",
        (
            "v1",
            [
                resource("daemonsets", "DaemonSet", "ds"),
                resource("deployments", "Deployment", "deploy", **SCALE),
                resource("replicasets", "ReplicaSet", "rs"),
                resource("controllerrevisions", "ControllerRevision"),
                resource("statefulsets", "StatefulSet", "sts"),
            ],
        ),
    ),
    group("autoscaling", ("v2", [resource("horizontalpodautoscalers", "HorizontalPodAutoscaler")])),
    group(
        "authorization.k8s.io",
        ("v1", [resource("selfsubjectaccessreviews", "SelfSubjectAccessReview", scope="Cluster")]),
    ),
)
IMAGE = "/spec/template/spec/containers/0/image"
NAME = "/spec/template/spec/containers/0/name"
ENV = "/spec/template/spec/containers/0/env"
LABELS, ANNOTATIONS = "/metadata/labels", "/metadata/annotations"
MARK = f"{ANNOTATIONS}/kubernetes.io~1change-cause"
RESTARTED = "/spec/template/metadata/annotations"


def annotated(cause: str) -> dict[str, Any]:
    item = web()
    item["metadata"]["annotations"] = {"owner": "shop-team", "kubernetes.io/change-cause": cause}
    return item


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    async with rig.bot(tmp_path_factory.mktemp("bot")) as running:
        kind = "application/json;as=APIGroupDiscoveryList"
        running.server.on("/apis", body(TYPES, {"Content-Type": kind}))
        yield running


@pytest.fixture
def bot(running: Bot) -> Bot:
    server = running.server
    server.asked.clear()
    server.on(WEB, body(web()))
    meta = {"name": "conf", "namespace": "shop", "uid": "u-conf", "resourceVersion": "1"}
    data = {"LEVEL": "info", "db.host": "db"}
    server.on(CONF, body({"kind": "ConfigMap", "metadata": meta, "data": data}))
    kept = [
        replica_set("r1", "1", template("web:0")),
        replica_set("r2", "2", template("web:1")),
    ]
    server.on(f"{APPS}/replicasets", body({"kind": "ReplicaSetList", "items": kept}))
    return running


async def planned(bot: Bot, phrase: str) -> Plan:
    answer = await bot.say(phrase)
    return answer.proposal.plan


def operations(plan: Plan) -> list[tuple[str, str, Any]]:
    [step] = plan.steps
    assert isinstance(step, Patch)
    found = orjson.loads(step.body())
    assert (found[0]["path"], found[0]["value"]) == ("/metadata/uid", "u-web")
    return [(each["op"], each["path"], each.get("value")) for each in found[1:]]


OPERATIONS = {
    "label deploy web tier=front": [
        ("test", f"{LABELS}/tier", None),
        ("add", f"{LABELS}/tier", "front"),
    ],
    "label deploy/web app=shop old- --overwrite": [
        ("test", f"{LABELS}/app", "web"),
        ("test", f"{LABELS}/old", None),
        ("add", f"{LABELS}/app", "shop"),
    ],
    "label deploy/web a=b --resource-version=7": [
        ("test", "/metadata/resourceVersion", "7"),
        ("test", f"{LABELS}/a", None),
        ("add", f"{LABELS}/a", "b"),
    ],
    "annotate deploy/web example.org/owner=shop": [
        ("test", ANNOTATIONS, None),
        ("add", ANNOTATIONS, {"example.org/owner": "shop"}),
    ],
    "annotate deploy/web gone-": [("test", ANNOTATIONS, None)],
    "set image deploy/web web=web:2": [
        ("test", NAME, "web"),
        ("test", IMAGE, "web:1"),
        ("add", IMAGE, "web:2"),
    ],
    "set env deploy/web LEVEL=debug": [
        ("test", NAME, "web"),
        ("test", ENV, None),
        ("add", ENV, [{"name": "LEVEL", "value": "debug"}]),
    ],
    "set env deploy/web --from=cm/conf --keys=db.host --prefix=WEB_": [
        ("test", NAME, "web"),
        ("test", ENV, None),
        (
            "add",
            ENV,
            [
                {
                    "name": "WEB_DB_HOST",
                    "valueFrom": {"configMapKeyRef": {"name": "conf", "key": "db.host"}},
                }
            ],
        ),
    ],
    "rollout pause deploy/web": [("test", "/spec/paused", None), ("add", "/spec/paused", True)],
    "rollout restart deploy/web": [
        ("test", "/spec/paused", None),
        ("test", RESTARTED, None),
        ("add", RESTARTED, {"kubectl.kubernetes.io/restartedAt": "2026-01-01T12:00:00Z"}),
    ],
    "rollout undo deploy/web": [
        ("test", "/spec/paused", None),
        ("test", "/spec/template", template("web:1")),
        ("test", ANNOTATIONS, None),
        ("add", "/spec/template", template("web:0")),
    ],
    """patch deploy/web --type=json -p '[{"op":"remove","path":"/spec/list/0"}]'""": [
        ("test", "/spec/list/0", "a"),
        ("remove", "/spec/list/0", None),
    ],
}


@pytest.mark.parametrize("phrase", OPERATIONS)
async def test_a_patch_tests_all_that_it_reads_and_writes_and_nothing_else(
    bot: Bot, phrase: str
) -> None:
    assert operations(await planned(bot, phrase)) == OPERATIONS[phrase]


MANAGERS = {
    "label deploy/web a=b": "kubectl-label",
    "annotate deploy/web a=b": "kubectl-annotate",
    "set image deploy/web web=web:2": "kubectl-set",
    "set env deploy/web A=b": "kubectl-set",
    "rollout restart deploy/web": "kubectl-rollout",
    "rollout undo deploy/web": "kubectl",
    "patch deploy/web -p {}": "kubectl-patch",
    "autoscale deploy/web --max=3": "kubectl-autoscale",
    "label deploy/web a=b --field-manager=me": "me",
}


@pytest.mark.parametrize("phrase", MANAGERS)
async def test_the_fields_belong_to_the_manager_that_kubectl_names(bot: Bot, phrase: str) -> None:
    [step] = (await planned(bot, phrase)).steps
    assert isinstance(step, Patch | Merge | Create)
    assert step.manager == MANAGERS[phrase]


PREVIEWS = {
    "set image deploy/web *=web:2": [("image", "web:1", "2")],
    "set env deploy/web A=1": [("env A", "none", "1")],
    "rollout undo deploy/web": [("revision", "2", "1"), ("image", "web:1", "0")],
    "rollout restart deploy/web": [("pods", "as they are", "started anew")],
    "label deploy/web app- tier=front": [
        ("label tier", "none", "front"),
        ("label app", "web", "none"),
    ],
    """patch deploy/web -p '{"spec":{"replicas":null,"list":["a"]}}'""": [
        ("spec.replicas", "3", "none"),
        ("spec.list", "2 elements", "1 elements"),
    ],
    "autoscale deploy/web --min=2 --max=6": [("pods", "as many as are set", "2 to 6")],
}


@pytest.mark.parametrize("phrase", PREVIEWS)
async def test_a_preview_says_what_is_and_what_will_be(bot: Bot, phrase: str) -> None:
    plan = await planned(bot, phrase)
    expected = [Change("deployment.apps/web in shop", *row) for row in PREVIEWS[phrase]]
    assert list(plan.changes) == expected


@pytest.mark.parametrize(
    ("phrase", "rolls"),
    [
        ("rollout restart deploy/web", True),
        ("rollout undo deploy/web", True),
        ("set image deploy/web web=web:2", True),
        ("set env deploy/web A=b", True),
        ("rollout pause deploy/web", False),
        ("label deploy/web a=b", False),
        ("""patch deploy/web -p '{"spec":{"minReadySeconds":5}}'""", False),
        ("""patch deploy/web -p '{"spec":{"template":{"spec":{"hostNetwork":true}}}}'""", True),
    ],
)
async def test_a_rollout_is_followed_where_the_pod_template_changes(
    bot: Bot, phrase: str, rolls: bool
) -> None:
    followed = (await planned(bot, phrase)).rollouts
    assert [each.qualified for each in followed] == ["deployment.apps/web"] * rolls


async def test_of_a_paused_deployment_no_rollout_starts_but_by_resuming(bot: Bot) -> None:
    bot.server.on(WEB, body(web(paused=True)))
    assert (await planned(bot, "set image deploy/web web=web:2")).rollouts == ()
    resumed = await planned(bot, "rollout resume deploy/web")
    assert operations(resumed) == [("test", "/spec/paused", True), ("remove", "/spec/paused", None)]
    assert [each.name for each in resumed.rollouts] == ["web"]


async def say_linked(bot: Bot, phrase: str) -> Plan:
    answer = Answer()
    request = replace(bot.request(phrase), link="https://example.org/p1")
    await bot.engine.serve(request, answer)
    return answer.proposal.plan


@pytest.mark.parametrize(
    "phrase",
    [
        "rollout restart deploy/web",
        "rollout undo deploy/web",
        "set image deploy/web web=web:2",
        "set env deploy/web A=b",
        """patch deploy/web --type=json -p '[{"op":"remove","path":"/spec/template/spec"}]'""",
    ],
)
async def test_a_new_template_bears_what_was_typed_and_where(bot: Bot, phrase: str) -> None:
    bot.server.on(WEB, body(annotated("first")))
    steps = operations(await say_linked(bot, phrase))
    assert ("test", MARK, "first") in steps
    [(_, _, cause)] = [step for step in steps if step[:2] == ("add", MARK)]
    assert cause.startswith(phrase.split(" -p", maxsplit=1)[0])
    assert cause.endswith(" https://example.org/p1")


async def test_undoing_keeps_the_deployments_own_annotations(bot: Bot) -> None:
    bot.server.on(WEB, body(annotated("second")))
    kept = [
        replica_set("r1", "1", template("web:0"), **{"kubernetes.io/change-cause": "first"}),
        replica_set("r2", "2", template("web:1")),
    ]
    bot.server.on(f"{APPS}/replicasets", body({"kind": "ReplicaSetList", "items": kept}))
    ours = operations(await planned(bot, "rollout undo deploy/web"))
    assert [step for step in ours if step[0] == "add"][1:] == [("add", MARK, "first")]
    theirs = operations(await planned(bot, "rollout undo deploy/web --like-kubectl"))
    assert theirs[-1] == ("add", ANNOTATIONS, {"kubernetes.io/change-cause": "first"})


async def test_an_object_that_is_named_twice_is_changed_once(bot: Bot) -> None:
    plan = await planned(bot, "label deploy web web a=b")
    assert len(plan.steps) == 1


async def test_a_merge_patch_names_the_fields_that_must_be_as_they_were(bot: Bot) -> None:
    phrase = """patch deploy/web --type=merge -p '{"spec":{"replicas":5,"paused":true}}'"""
    [step] = (await planned(bot, phrase)).steps
    assert isinstance(step, Merge)
    assert (step.media, orjson.loads(step.document)) == (
        "merge",
        {"spec": {"replicas": 5, "paused": True}},
    )
    assert step.seen == (Seen("/spec/replicas", 3), Seen("/spec/paused", present=False))


async def test_an_autoscaler_is_written_as_kubectl_writes_it(bot: Bot) -> None:
    phrase = "autoscale deploy/web --max=5 --min=2 --cpu=80% --memory=200 -n shop"
    [step] = (await planned(bot, phrase)).steps
    assert isinstance(step, Create)
    assert step.target.qualified == "horizontalpodautoscaler.autoscaling/web"
    metrics = [
        ("cpu", {"type": "Utilization", "averageUtilization": 80}),
        ("memory", {"type": "AverageValue", "averageValue": "200Mi"}),
    ]
    assert orjson.loads(step.document) == {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "minReplicas": 2,
            "maxReplicas": 5,
            "metrics": [
                {"type": "Resource", "resource": {"name": name, "target": target}}
                for name, target in metrics
            ],
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        },
    }


SAID = {
    "rollout resume deploy/web": 'error: deployments.apps "web" is not paused\n',
    "rollout pause cm/conf": 'error: configmaps "conf" pausing is not supported\n',
    "rollout undo deploy/web --to-revision=2": (
        "deployment.apps/web skipped rollback (current template already matches revision 2)\n"
    ),
    "rollout undo cm/conf": 'error: no rollbacker has been implemented for "ConfigMap"\n',
    "rollout restart deploy/web --bogus": "error: unknown flag: --bogus\n",
    "label deploy/web app=web": "deployment.apps/web not labeled\n",
    "label deploy/web nope-": 'label "nope" not found.\ndeployment.apps/web not labeled\n',
    "label deploy/web app=x": (
        "error: 'app' already has a value (web), and --overwrite is false\n"
    ),
    "label deploy/web a=b --resource-version=6": (
        "Error from server (Conflict): Operation cannot be fulfilled on deployments.apps"
        ' "web": the object has been modified; please apply your changes to the latest version'
        " and try again\n"
    ),
    "label deploy/web --list": "app=web\n",
    "label deploy a=b": "error: resource(s) were provided, but no name was specified\n",
    "label deploy/web a=b=c": "error: invalid label spec: a=b=c\n",
    "label deploy/web": "error: at least one label update is required\n",
    "annotate deploy/web a=1 a-": (
        "error: can not both modify and remove the following annotation(s) in the same command: a\n"
    ),
    "annotate deploy/web a=b --dry-run=client": "deployment.apps/web annotated (dry run)\n",
    "set image deploy/web web=web:1": "",
    "set image deploy/web bad=x *=y": (
        "error: all containers are already specified by *, but saw more than one"
        " container_name=container_image pairs\n"
    ),
    "set image deploy/web bad=x worse=y": (
        'error: unable to find container named "bad"\n'
        'error: unable to find container named "worse"\n'
    ),
    "set image cm/conf a=b": (
        "error: configmaps/conf the object is not a pod or does not have a pod template:"
        " *v1.ConfigMap\n"
    ),
    "set env deploy/web A=1 --list": "# Deployment web, container web\nA=1\n",
    "set env deploy/web --from=cm/conf --list": (
        "Warning: key db.host transferred to DB_HOST\n"
        "# Deployment web, container web\n"
        "# LEVEL from configmap conf, key LEVEL\n"
        "# DB_HOST from configmap conf, key db.host\n"
    ),
    "patch deploy/web -p {} --dry-run=client": "deployment.apps/web patched (no change)\n",
    "patch deploy/web": (
        "error: must specify --patch or --patch-file containing the contents of the patch\n"
    ),
    "autoscale cm/conf --max=3": (
        "error: cannot autoscale a ConfigMap: could not find scale subresource for /v1,"
        " Resource=configmaps in discovery information\n"
    ),
    "autoscale deploy/web --max=3 --cpu=x": "error: invalid resource cpu value: x\n",
    "autoscale deploy/web --max=1 --min=3": (
        "error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: 1, min: 3\n"
    ),
    "label deploy/web a=b -o name --dry-run=client": "deployment.apps/web\n",
    "label deploy/web a=b --dry-run=client -o jsonpath={.metadata.labels}": (
        '{"a":"b","app":"web"}'
    ),
}


@pytest.mark.parametrize("phrase", SAID)
async def test_what_changes_nothing_says_why_in_kubectls_words(bot: Bot, phrase: str) -> None:
    answer = await bot.say(phrase)
    first = answer.text.split("\nSee ")[0]
    assert (first if first.endswith("\n") or not answer.code else first + "\n") == SAID[phrase]
    assert all(asked.method == "GET" for asked in bot.server.asked)


async def test_a_secrets_value_is_not_typed_where_others_read_along(bot: Bot) -> None:
    meta = {"name": "sec", "namespace": "shop", "uid": "u-sec", "resourceVersion": "4"}
    secret = {"kind": "Secret", "metadata": meta, "data": {"pass": "aHVudGVyMg=="}}
    bot.server.on("/api/v1/namespaces/shop/secrets/sec", body(secret))
    for written in (
        """-p '{"stringData":{"pass":"hunter3"}}'""",
        """--type=json -p '[{"op":"copy","from":"/data/pass","path":"/metadata/annotations"}]'""",
        """--type=json -p '[{"op":"copy","from":"","path":"/metadata/labels"}]'""",
    ):
        refused = await bot.say(f"patch secret sec {written}")
        assert refused.text == "error: a Secret's values are not typed where others read them\n"
    labelled = """patch secret sec --type=merge -p '{"metadata":{"labels":{"a":"b"}}}'"""
    plan = await planned(bot, labelled)
    [step] = plan.steps
    assert isinstance(step, Merge)
    # Its values were never seen here: nothing of it may have changed.
    assert Seen("/metadata/resourceVersion", "4") in step.seen
    listed = await bot.say("set env deploy/web --from=secret/sec --list --resolve")
    assert "PASS=<7 bytes>" in listed.text
    assert "hunter2" not in listed.text
