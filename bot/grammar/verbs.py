"""kubectl's own verbs: in which order it suggests them, and what is done in place of a refused one.

A verb of kubectl that the bot lacks is told of as such: "unknown command" would be a lie.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_ORDER = (
    "create expose run set explain get edit delete rollout scale autoscale certificate"
    " cluster-info top cordon uncordon drain taint describe logs attach exec port-forward proxy"
    " cp auth debug events diff apply patch replace wait kustomize label annotate completion alpha"
    " config plugin version api-versions api-resources options kuberc help"
)
# kubectl 1.37.1, in the order in which cobra walks them (pkg/cmd/cmd.go).
ORDER = tuple(_ORDER.split())
# Words of other tools for kubectl's verbs: its commands' SuggestFor.
SUGGESTED_FOR: Mapping[str, str] = {
    "list": "get",
    "ls": "get",
    "inspect": "describe",
    "rm": "delete",
    "remove": "delete",
    "stats": "top",
}
ALIASES: Mapping[str, str] = {
    "top nodes": "top node",
    "top no": "top node",
    "top pods": "top pod",
    "top po": "top pod",
    "create ns": "create namespace",
    "create deploy": "create deployment",
    "create cm": "create configmap",
    "create svc": "create service",
    "create sa": "create serviceaccount",
    "create cj": "create cronjob",
    "create ing": "create ingress",
    "create resourcequota": "create quota",
    "create pdb": "create poddisruptionbudget",
    "create pc": "create priorityclass",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a verb is not done here, and the phrases that do what it is used for."""

    why: str
    instead: tuple[str, ...] = ()
    otherwise: str = "Use kubectl on your own machine for it."
    """What to do where none of those phrases is there."""


_SET_UP = Refusal(
    "the clusters are set up by whoever runs the bot",
    ("use", "config get-contexts"),
    otherwise="Choose one with --context, and a namespace with -n.",
)
_REMEMBERED = Refusal(
    "the API server knows what was applied, without a copy in the object", ("diff", "get")
)
# The verbs of kubectl 1.37's `config` that show or change a kubeconfig.
_CONFIG = (
    "delete-cluster delete-context delete-user get-clusters get-users rename-context set"
    " set-cluster set-context set-credentials unset use use-context view"
)
_EDITOR = "it needs an editor"
_RIGHTS = Refusal(
    "it gives rights away",
    ("auth can-i", "auth whoami"),
    otherwise="Ask whoever runs the cluster to do it with kubectl.",
)
_IDENTITIES = Refusal(
    "it hands out identities",
    otherwise="Ask whoever runs the cluster to do it with kubectl.",
)
_PROCESS = Refusal("it is about the kubectl program, and there is none here", ("help",))
_SELECTOR = Refusal(
    "what a selector leaves behind belongs to nobody",
    ("patch",),
    otherwise="Make a new object with the other selector.",
)
REFUSALS: Mapping[str, Refusal] = {
    "alpha": Refusal("kubectl has no command in it", ("help",)),
    "apply edit-last-applied": Refusal(_EDITOR, ("apply",)),
    "apply set-last-applied": Refusal("server-side apply keeps no such annotation", ("apply",)),
    "apply view-last-applied": Refusal("server-side apply keeps no such annotation", ("get",)),
    **{f"apply {verb}-last-applied": _REMEMBERED for verb in ("edit", "set", "view")},
    "attach": Refusal("it needs a terminal that stays open", ("logs", "exec")),
    "auth reconcile": _RIGHTS,
    **dict.fromkeys(("certificate", "certificate approve", "certificate deny"), _IDENTITIES),
    "cluster-info dump": Refusal("it copies a whole cluster's state", ("get", "logs", "events")),
    "completion": Refusal("there is no shell here to complete words in", ("help",)),
    **{f"config {verb}": _SET_UP for verb in _CONFIG.split()},
    "cp": Refusal("files have no way through a chat", ("exec", "logs")),
    "create token": Refusal(
        "whoever reads the token could act as the account",
        ("auth can-i", "auth whoami"),
        otherwise="Ask whoever runs the cluster for it.",
    ),
    "debug": Refusal("it adds containers that nobody reviews", ("describe", "events", "logs")),
    "edit": Refusal(_EDITOR, ("set image", "scale", "label", "annotate", "apply")),
    **dict.fromkeys(("kuberc", "kuberc set", "kuberc view"), _PROCESS),
    "kustomize": Refusal(
        "nothing is built here: give me what your own machine builds", ("apply", "diff")
    ),
    "options": Refusal("each command's own page has its flags", ("help",)),
    **dict.fromkeys(("plugin", "plugin list"), _PROCESS),
    "port-forward": Refusal("a tunnel would end in the bot, not at you", ("logs", "exec", "get")),
    "proxy": Refusal("a tunnel would end in the bot, not at you", ("get", "describe")),
    "replace": Refusal("it loses what others changed meanwhile", ("apply",)),
    "run": Refusal(
        "a pod that nothing manages is left behind", ("create deployment", "create job", "apply")
    ),
    "set resources": Refusal("the bot has no such command", ("patch", "apply")),
    "set selector": _SELECTOR,
    "set serviceaccount": Refusal("the pods get the rights of another account", ("patch", "apply")),
    "set subject": _RIGHTS,
}


def refusal(phrase: str) -> Refusal | None:
    """Return why a phrase that the bot does not have is refused; None: kubectl lacks it too."""
    if phrase in REFUSALS:
        return REFUSALS[phrase]
    if phrase in ORDER:
        return Refusal("the bot has no such command", otherwise="`help` lists what it has.")
    return None
