"""Templates printed by kubectl and by us, of one object that needs no server."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from bot.core.errors import UsageError
from bot.kube.jsonpath.writing import printed

pytestmark = pytest.mark.peers

KUBECTL = Path(sys.executable).with_name("kubectl")
POD = Path(__file__).with_name("pod.yaml")
AT_ONCE = 4
UNORDERED = re.compile(r"\.\.|[.]\*|metadata\[\*\]")
# kubectl prints the whole object behind these words, in Go's own syntax.
THEIR_OBJECT = " Printing more information for debugging the template:"
TEMPLATES = r"""
{.metadata.name}
{.metadata}
{.metadata.labels.app}
{.metadata.labels.kubernetes\.io/os}
{.metadata.labels['kubernetes\.io/os']}
{.metadata.labels['kubernetes.io/os']}
{.metadata['name','namespace']}
{.metadata['name', 'namespace']}
{['metadata']['name']}
{['metadata.name']}
{$.kind}
{@.kind}
{.kind}/{.metadata.name}
{ .kind }
{.kind .metadata}
{kind}
.metadata.name
metadata.name
plain text
{"a\tb\n"}
{'single'}
{'it\'s'}
{"quote \" inside"}
{"\u00e9\x41\101"}
{"\q"}
{"\xc3\xa9 \303\251"}
{"\ud800"}
{"\U00110000"}
{"\400"}
{"a\\"}b{"c"}
{'a\\'}b{'c'}
{'"'}{"'"}
{"open}
{.spec.containers[0].name}
{.spec.containers[1].name}
{.spec.containers[-1].name}
{.spec.containers[-3].name}
{.spec.containers[-4].name}
{.spec.containers[3].name}
{.spec.containers[*].name}
{.spec.containers[:].name}
{.spec.containers[].name}
{.spec.containers[0:2].name}
{.spec.containers[1:].name}
{.spec.containers[:1].name}
{.spec.containers[-2:].name}
{.spec.containers[:-1].name}
{.spec.containers[::2].name}
{.spec.containers[0:3:2].name}
{.spec.containers[0:3:0].name}
{.spec.containers[0:3:-1].name}
{.spec.containers[2:1].name}
{.spec.containers[1:1].name}
{.spec.containers[0:9].name}
{.spec.containers[0,2].name}
{.spec.containers[0, 2].name}
{.spec.containers[a].name}
{.spec.containers[-].name}
{.spec.containers[0}
{.spec.containers[0]['name','image']}
{.spec.containers[*]['name','image']}
{.spec.containers[0].ports}
{.spec.containers[0].ports[*].containerPort}
{.spec.containers[*].ports[*].containerPort}
{.spec.containers[*].ports[0].containerPort}
{.spec.containers[0].args}
{.spec.containers[0].args[*]}
{.spec.containers.name}
{.spec.containers[0].name[0]}
{.spec.containers[0].name.x}
{.spec.priority}
{.spec.hostNetwork}
{.spec.nope}
{.spec.nope.deeper[0]}
{.metadata.annotations}
{.metadata[0]}
{.metadata[*]}
{.status.*}
{.spec.containers[0].env[*].value}
{.spec.containers[?(@.name=="app")].image}
{.spec.containers[?(@.name=='app')].image}
{.spec.containers[?(@.name == "app")].image}
{.spec.containers[?(.name=="app")].image}
{.spec.containers[?(@.name!="app")].image}
{.spec.containers[?(@.name>"app")].name}
{.spec.containers[?(@.name<="last")].name}
{.spec.containers[?(@.ports)].name}
{.spec.containers[?(@.nope)].name}
{.spec.containers[?(@.ports[0].containerPort==80)].name}
{.spec.containers[?(@.ports[0].containerPort>80)].name}
{.spec.containers[?(@.ports[*].containerPort>80)].name}
{.spec.containers[0].ports[?(@.containerPort>=80)].containerPort}
{.spec.containers[0].ports[?(@.containerPort==80.0)].containerPort}
{.spec.containers[0].ports[?(@.containerPort=="80")].containerPort}
{.spec.containers[?(@.args<1)].name}
{.spec.containers[?(@.name=~"a.*")].name}
{.spec.containers[?(@.name=="app"].name}
{.spec.containers[?(@.name=="app").name}
{.spec.containers[?("app")].name}
{.spec.containers[?(@.name=="a)b")].name}
{.status.conditions[?(@.type=="Ready")].status}
{.status.conditions[?(@.type=="Ready")]}
{.status.conditions[?(@.status=="True")]['type','status']}
{.metadata[?(@.name=="x")]}
{.spec.nope[?(@.name=="x")]}
{..name}
{..containerPort}
{..containers[0].name}
{...name}
{..}|
{.spec.containers..name}
{.spec.containers..}|
{.spec..ports..containerPort}
{range .spec.containers[*]}{.name}{"\n"}{end}
{range .spec.containers[*]}{.name}={.image} {end}
{range .spec.containers[*]}[{.name}, {.image}] {end}
{range .spec.containers[*]}{.name}{range .ports[*]} {.containerPort}{end};{end}
{range .spec.containers[*]}{range .ports[*]}{.containerPort},{end}{end}done
{range .spec.containers[*]}{.name} {end}{.kind}
{range .spec.containers[*]}{.name} {end}{range .status.conditions[*]}{.type} {end}
{range .spec.nope[*]}{.name}{end}after
{range .spec.containers[?(@.ports)]}{.name} {end}
{range .spec.containers[*]}{.name}
{range .spec.containers[*].ports[*]}{.containerPort} {end}
{range .spec.containers}{.}{"\n"}{end}
{range}{.kind}{end}
{end}
{range .spec.containers[*]}{end}{end}
{foo}
{true}{false}
{5}{-3}{1.5}{+2}
{1.2.3}
{.spec.containers[*].name}{"\n"}{.kind}
{}
{}{}x
{{.kind}}
{.kind}}
{.kind
{#}
{.metadata.labels.odd\ key}
{.metadata.labels['odd key']}
{.metadata..name}
{.spec.containers[0].*}
{.*.name}
""".strip("\n").split("\n")


def theirs(template: str) -> tuple[str, str]:
    command = [str(KUBECTL), "annotate", "--local", "--overwrite", f"--filename={POD}"]
    done = subprocess.run(
        [*command, "asked=yes", f"--output=jsonpath={template}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout, done.stderr.partition(THEIR_OBJECT)[0].rstrip("\n")


def ours(template: str) -> tuple[str, str]:
    try:
        return printed(template, yaml.safe_load(POD.read_text())), ""
    except UsageError as error:
        return "", error.text


@pytest.fixture(scope="module")
def told() -> dict[str, tuple[str, str]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(TEMPLATES, pool.map(theirs, TEMPLATES), strict=True))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_prints_what_kubectl_prints(
    template: str, told: dict[str, tuple[str, str]]
) -> None:
    mine, kubectls = ours(template), told[template]
    if UNORDERED.search(template):  # Go walks through a map in an order of chance
        assert sorted(mine[0]) == sorted(kubectls[0])
    else:
        assert mine == kubectls
