"""What the flags of a deletion mean; texts of kubectl 1.37.1."""

from dataclasses import replace

import pytest

from bot.commands.delete import Options
from bot.core.errors import UsageError
from bot.core.ports import Resource
from bot.kube.changes import DryRun, Found
from bot.kube.deleting import Deletion, read_deletion

PODS = Resource("", "v1", "pods", "Pod", namespaced=True)
NODES = Resource("", "v1", "nodes", "Node", namespaced=False)
DEPLOYMENTS = Resource("apps", "v1", "deployments", "Deployment", namespaced=True)
PLAIN = read_deletion(Options())


@pytest.mark.parametrize(
    ("options", "grace"),
    [
        (Options(), None),
        (Options(grace_period=-3), None),
        (Options(grace_period=5), 5),
        (Options(grace_period=0), 1),
        (Options(now=True), 1),
        (Options(force=True), 0),
        (Options(force=True, grace_period=0), 0),
    ],
)
def test_how_long_an_object_has_to_end(options: Options, grace: int | None) -> None:
    assert read_deletion(options).grace_seconds == grace


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            Options(now=True, grace_period=5),
            "--now and --grace-period cannot be specified together",
        ),
        (Options(now=True, force=True), "--force and --grace-period greater than 0 cannot be"),
        (Options(force=True, grace_period=5), "--force and --grace-period greater than 0 cannot"),
        (Options(cascade="foo"), r"invalid cascade value \(foo\). Must be \"background\""),
        (Options(output="yaml"), "unexpected -o output mode: yaml. We only support '-o name'"),
        (Options(dry_run="foo"), r"Invalid dry-run value \(foo\)"),
    ],
)
def test_flags_that_contradict_each_other_are_refused(options: Options, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        read_deletion(options)


@pytest.mark.parametrize(
    ("typed", "meant", "warned"),
    [
        ("background", "Background", ""),
        ("orphan", "Orphan", ""),
        ("foreground", "Foreground", ""),
        ("true", "Background", "--cascade=background."),
        ("false", "Orphan", "--cascade=orphan."),
    ],
)
def test_what_becomes_of_what_it_owns(typed: str, meant: str, warned: str) -> None:
    deletion = read_deletion(Options(cascade=typed))
    assert deletion.propagation == meant
    assert [aside.rsplit(" ", 1)[-1] for aside in deletion.asides] == ([warned] if warned else [])


def test_nothing_is_waited_for_where_nothing_is_deleted() -> None:
    waits = [
        read_deletion(options).wait_seconds
        for options in (Options(), Options(wait=False), Options(dry_run="server"))
    ]
    assert waits == [0, None, None]


def found(resource: Resource) -> Found:
    metadata = {"name": "x", "namespace": "shop"} if resource.namespaced else {"name": "x"}
    return Found(resource, {"metadata": metadata})


@pytest.mark.parametrize(
    ("deletion", "resource", "line"),
    [
        (PLAIN, PODS, 'pod "x" deleted from shop namespace'),
        (PLAIN, NODES, 'node "x" deleted'),
        (
            replace(PLAIN, grace_seconds=0, dry_run=DryRun.SERVER),
            DEPLOYMENTS,
            'deployment.apps "x" force deleted from shop namespace (server dry run)',
        ),
        (replace(PLAIN, names=True, dry_run=DryRun.CLIENT), DEPLOYMENTS, "deployment.apps/x"),
    ],
)
def test_how_it_is_said(deletion: Deletion, resource: Resource, line: str) -> None:
    assert deletion.line(found(resource)) == line
