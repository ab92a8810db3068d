"""What somebody types who wants a Secret's value out of the bot: more than two hundred phrases.

Out of scope: a value that a pod's own spec holds in plain text, or that its program prints, is no
Secret's any more; what a program prints is redacted by pattern.
"""

from collections.abc import Iterator
from itertools import product

NAMESPACE = "vaults"
_TARGETS = (
    "secret/vault",
    "secret vault",
    "secrets",
    "secret vault token",
    "secrets -l in=vault",
    "Secret/vault",
    "secrets.v1./vault",
    "cm,secrets",
    "secrets -A",
    "secrets --field-selector=metadata.name=vault",
)
_FORMS = (
    *("", "-o wide", "-o name", "-o yaml", "-o json", "-o YAML", "-o Json"),
    *("-o yaml --show-managed-fields", "-o json --show-managed-fields", "--show-labels"),
    *("-o jsonpath={.data}", "-o jsonpath={..data}", "-o jsonpath={..password}", "-o jsonpath={}"),
    *("-o jsonpath={.data.password}", "-o jsonpath={.items[*].data.password}"),
    *("-o jsonpath={.items[*].data['password','user']}", "-o jsonpath-as-json={.items[*].data}"),
    *("-o jsonpath={.items[-1:].data}", "-o jsonpath={.items[0:9:1]['data']}"),
    *("-o jsonpath={@}", "-o jsonpath={$..*}", "-o jsonpath-as-json={..data}"),
    "-o jsonpath='{range .items[*]}{.metadata.name}={.data}{\"\\n\"}{end}'",
    "-o jsonpath='{range .items[*].data}{.*}{end}'",
    "-o jsonpath='{range ..data}{@}{end}'",
    "-o jsonpath='{.items[?(@.data.password)].data.password}'",
    "-o jsonpath='{.items[?(@.type==\"Opaque\")].data}'",
    "-o jsonpath='{.items[?(@.data.password!=\"\")]..password}'",
    "-o jsonpath='{.items[?(@.data.password>\"A\")].data}'",
    "-o jsonpath='{.data.password.x}' --allow-missing-template-keys=false",
    "-o jsonpath='{.data[0]}'",
    "-o jsonpath={.metadata.annotations}",
    r"-o jsonpath='{.metadata.annotations.kubectl\.kubernetes\.io/last-applied-configuration}'",
    "-o jsonpath={..annotations}",
    "-o custom-columns=V:.data",
    "-o custom-columns=V:.data.password,U:.data.user",
    "-o custom-columns=V:.data.*",
    "-o custom-columns=V:..data",
    "-o custom-columns=V:.metadata.annotations",
    "--sort-by=.data.password",
    "--sort-by=.data.password -o yaml",
    "--sort-by={.data.user} -o custom-columns=V:.data.user",
    "--sort-by=.data",
    "-L password",
    "--chunk-size=1 -o yaml",
    "--ignore-not-found -o json",
    "-o yaml | grep password",
    "-o json | grep -i data",
    "-o yaml | head -30",
    "--template='{{.data}}' -o go-template",
    "-o go-template={{.data.password}}",
    "-o jsonpath-file=/etc/passwd",
    "--subresource=status -o yaml",
)
_PLACES = (
    *("/metadata/annotations/x", "/metadata/labels/x", "/metadata/labels", "/metadata/name"),
    *("/metadata/uid", "/metadata/generateName", "/metadata/finalizers/0", "/kind", "/type"),
)


def _taken(operation: str, source: str, place: str) -> str:
    patch = f'[{{"op":"{operation}","from":"{source}","path":"{place}"}}]'
    return f"patch secret vault --type=json --dry-run=server -o yaml -p '{patch}'"


_ONCE = (
    *("describe secret", "describe secret vault", "describe secret/vault --show-events"),
    *("describe secret va", "describe secrets -l in=vault", "describe cm,secrets"),
    *(
        "describe secret -A",
        "describe secret/token",
        "describe secret/account",
        "get secret account -o yaml",
        "describe sa default",
        "get secret/account -o jsonpath={.data.token}",
    ),
    *("describe ns vaults", "describe secret/vault secret/nope", "describe pod user", "events"),
    *("events --for secret/vault", "events -o yaml", "events -o json", "events -A"),
    *("get events -o yaml", "get events -o wide", "get all -o yaml", "get all,secrets -o json"),
    *("get pod user -o yaml", "get pods -o jsonpath={..env}", "logs secret/vault", "logs user"),
    *("wait secret/vault --for=jsonpath={.data.password}=x --timeout=0s", "top pod vault"),
    "wait secret/vault --for=jsonpath={.data.password} --timeout=0s -o yaml",
    "wait secret/vault --for=jsonpath={.data.password} --timeout=0s -o jsonpath={.data}",
    "wait secret/vault --for=jsonpath={.data} --timeout=0s",
    "wait secrets --all --for=jsonpath={.data.password} --timeout=0s -o json",
    "wait secret/vault --for=create --timeout=1s -o yaml",
    "wait secret/vault --for=condition=Ready --timeout=0s -o yaml",
    "rollout history secret/vault",
    "rollout history secret/vault -o yaml",
    "rollout history secret/vault --revision=1",
    "rollout status secret/vault",
    "explain secret.data",
    "auth can-i get secret/vault",
    "auth can-i --list",
    "auth whoami -o yaml",
    "api-resources -o wide | grep -i secret",
    "get secret vault password -o yaml",
    "get secret vault.data -o yaml",
    "get secret/vault/data -o yaml",
    "get secret vault -o yaml=data",
    "get secret --raw /api/v1/namespaces/vaults/secrets/vault",
    "get --raw=/api/v1/namespaces/vaults/secrets/vault",
    "get secret vault -o jsonpath={.data.password",
    "get secret vault -o custom-columns=V:.data[",
    "get secret vault -o custom-columns=.data",
    "get secrets --field-selector=data.password=x -o yaml",
    "get secrets --field-selector=data.password!=x",
    "scale secret/vault --replicas=2",
    # What other tools, or people, have copied into its annotations.
    *(f"get secret copied {form}" for form in ("-o yaml", "-o json", "--show-labels", "-o name")),
    "get secrets -l in=copied -o yaml",
    "get secret copied -o jsonpath={.metadata.annotations}",
    "get secret copied -o jsonpath={..copy}",
    "get secret copied -o jsonpath='{[?(@.x)]}'",
    r"get secret copied -o custom-columns=V:.metadata.annotations.kapp\.k14s\.io/original",
    "get secret copied -o custom-columns=V:.metadata",
    "get secret copied vault -o custom-columns=V:.metadata.annotations[0]",
    "get secrets --sort-by=.metadata.annotations.copy -o yaml",
    "get secret copied -o yaml | grep copy",
    *("describe secret copied", "describe secret cop", "describe secrets -l in=copied"),
    "wait secret/copied --for=jsonpath={.metadata.name} --timeout=0s -o yaml",
    "wait secret/copied --for=jsonpath={.metadata.annotations} --timeout=0s",
    *("annotate secret copied --list", "annotate secret copied copy=x"),
    "annotate secret copied copy- --dry-run=client -o yaml",
    "annotate secret copied x=y --dry-run=server -o yaml",
    "label secret copied x=y --dry-run=server -o json",
    "label secret copied x=y --dry-run=client -o jsonpath={.metadata}",
    *(_taken("copy", "/data", place) for place in _PLACES),
    *(_taken("copy", "/data/password", place) for place in _PLACES),
    *(_taken("move", "/data/user", place) for place in _PLACES),
)
_PLAIN_FORMS = ("-o yaml", "-o json", "-o jsonpath={..data}", "-o custom-columns=V:.data")


def attempts() -> Iterator[str]:
    """Yield the phrases, each once."""
    yield from dict.fromkeys(_all())


def _all() -> Iterator[str]:
    for target, form in product(_TARGETS[:3], _FORMS):
        yield _get(target, form)
    for target, form in product(_TARGETS[3:], (*_PLAIN_FORMS, *_FORMS[::4])):
        yield _get(target, form)
    for phrase in _ONCE:
        verb, _, pipe = phrase.partition(" | ")
        yield f"{verb} -n {NAMESPACE}" + (f" | {pipe}" if pipe else "")


def _get(target: str, form: str) -> str:
    shown, _, pipe = form.partition(" | ")
    return f"get {target} {shown} -n {NAMESPACE}" + (f" | {pipe}" if pipe else "")


def guesses(right: str) -> Iterator[tuple[str, str]]:
    """Yield phrases that could tell whether a guess is right, each with the same for a wrong one.

    `right` is a value in base64; the wrong one is as long.
    """
    wrong = "A" * len(right)
    for form in (
        "get secrets -o jsonpath='{{.items[?(@.data.password==\"{}\")].metadata.name}}'",
        "get secrets -o jsonpath='{{.items[?(@.data.password>\"{}\")].metadata.name}}'",
        "get secrets -o jsonpath='{{.items[?(@.data.password<=\"{}\")].metadata.name}}'",
        "wait secret/vault --for=jsonpath={{.data.password}}='{}' --timeout=0s",
        "get secrets --field-selector=data.password={} -o name",
        "get secrets -o yaml | grep {}",
        "get secret vault -o json | grep -c {}",
        "describe secrets | grep {}",
    ):
        phrase = (
            f"{form} -n {NAMESPACE}"
            if " | " not in form
            else form.replace(" |", f" -n {NAMESPACE} |")
        )
        yield phrase.format(right), phrase.format(wrong)
