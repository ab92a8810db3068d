"""Whatever kubectl can do is done here, or refused by its name with what to do instead."""

import re
import subprocess

import pytest

from bot.commands import Registry
from bot.core.errors import RefusedError
from bot.grammar.bind import read
from bot.grammar.finding import below, exact
from tests.cluster.boxes import KUBECTL
from tests.every import every

REGISTRY = Registry()
# What kubectl 1.37.1 lists in its help, with what each of them lists.
LISTED = {
    "": "alpha annotate api-resources api-versions apply attach auth autoscale certificate"
    " cluster-info completion config cordon cp create debug delete describe diff drain edit events"
    " exec explain expose get kuberc kustomize label logs options patch plugin port-forward proxy"
    " replace rollout run scale set taint top uncordon version wait",
    "apply": "edit-last-applied set-last-applied view-last-applied",
    "auth": "can-i reconcile whoami",
    "certificate": "approve deny",
    "cluster-info": "dump",
    "config": "current-context delete-cluster delete-context delete-user get-clusters get-contexts"
    " get-users rename-context set set-cluster set-context set-credentials unset use-context view",
    "create": "clusterrole clusterrolebinding configmap cronjob deployment ingress job namespace"
    " poddisruptionbudget priorityclass quota role rolebinding secret service serviceaccount token",
    "create secret": "docker-registry generic tls",
    "create service": "clusterip externalname loadbalancer nodeport",
    "kuberc": "set view",
    "plugin": "list",
    "rollout": "history pause restart resume status undo",
    "set": "env image resources selector serviceaccount subject",
    "top": "node pod",
}
VERBS = [f"{verb} {word}".lstrip() for verb, words in LISTED.items() for word in words.split()]
# Only told in the help's last line, or hidden.
_UNLISTED = {"alpha", "options"}
_COMMAND = re.compile(r"^  (?P<name>[a-z][a-z-]*) {2,}\S", re.MULTILINE)


@every("verb", VERBS)
def test_a_verb_of_kubectls_works_or_says_what_to_do_instead(verb: str) -> None:
    if exact(verb, REGISTRY) is not None or below(verb, REGISTRY):
        return
    with pytest.raises(RefusedError, match=f'^error: "{verb}" is refused: ') as caught:
        read(verb, REGISTRY)
    assert caught.value.next_step


@pytest.mark.peers
@pytest.mark.parametrize("verb", LISTED)
def test_kubectl_lists_no_other_verb(verb: str) -> None:
    done = subprocess.run(
        [KUBECTL, *verb.split(), "--help"], capture_output=True, text=True, check=True, env={}
    )
    shown = {match["name"] for match in _COMMAND.finditer(done.stdout)}
    assert shown == set(LISTED[verb].split()) - (_UNLISTED if not verb else set())
