"""Logs and exec."""

from tests.conformance.cluster.case import Case, Exec, Request, Until
from tests.conformance.cluster.writing import (
    CORE,
    IMAGE,
    condition,
    create,
    get,
    pod,
)

READY = (create(pod("one"), keep=()), Until(f"{CORE}/pods/one", condition("Ready"), keep=()))
TWO = [{"name": "app", "image": IMAGE}, {"name": "sidecar", "image": IMAGE}]
LOG = f"{CORE}/pods/one/log"
EXEC = f"{CORE}/pods/one/exec"
CASES = (
    # -------------------------------------------------------------- logs
    Case(
        "a log of what does not exist is not found",
        (get(LOG),),
    ),
    Case(
        "a log of several containers needs a name",
        (
            create(pod("one", spec={"containers": TWO}), keep=()),
            Until(f"{CORE}/pods/one", condition("Ready"), keep=()),
            get(LOG),
            get(f"{LOG}?container=none"),
            get(f"{LOG}?container=sidecar&tailLines=1", keep=()),
        ),
    ),
    Case(
        "a pod that no node takes has said nothing",
        (
            create(pod("one", spec={"nodeSelector": {"no": "such"}}), keep=()),
            get(LOG),
        ),
    ),
    # -------------------------------------------------------------- exec
    # The bed's kubelet knows no exit codes, and its shells read on: tests/demo/cluster has those.
    Case(
        "a command's output comes on its channel",
        (*READY, Exec(f"{EXEC}?command=echo&command=hello&command=world&stdout=1&stderr=1")),
    ),
    Case(
        "an exec is refused without a pod, a node or a container",
        (
            Exec(f"{EXEC}?command=true&stdout=1"),
            get(f"{EXEC}?command=true&stdout=1"),
            create(pod("two", spec={"nodeSelector": {"no": "such"}}), keep=()),
            get(f"{CORE}/pods/two/exec?command=true&stdout=1"),
            create(pod("one", spec={"containers": TWO}), keep=()),
            Until(f"{CORE}/pods/one", condition("Ready"), keep=()),
            get(f"{EXEC}?command=true&stdout=1"),
            get(f"{EXEC}?command=true&stdout=1&container=none"),
        ),
    ),
    Case(
        "an exec needs a command and a stream",
        (*READY, get(f"{EXEC}?stdout=1"), get(f"{EXEC}?command=true")),
    ),
    Case(
        "an exec is an upgrade",
        (
            *READY,
            get(f"{EXEC}?command=true&stdout=1"),
            Request("POST", f"{EXEC}?command=true&stdout=1"),
        ),
    ),
)
