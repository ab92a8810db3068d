"""The manifests are valid, agree with each other, and leave nothing out."""

import tomllib

import kubernetes_validate
import pytest

from tests.deploy.manifests import (
    DEPLOY,
    ROOT,
    Document,
    container_of,
    documents,
    environment,
    kustomizations,
    kustomize,
    mounted_files,
    of_kind,
    pod_of,
    the,
    used_by,
    validate,
    whole_objects,
)
from tests.every import every

FORMS = {
    "socket": (),
    "http": ("http",),
    "ha-postgres": ("ha-postgres",),
    "http-ha-postgres": ("http", "ha-postgres"),
    "clusters": ("clusters",),
    "constrained": ("constrained",),
    "restart": ("restart",),
    "everything": ("http", "ha-postgres", "clusters", "constrained", "restart"),
}
CLUSTERWIDE = {
    "Namespace",
    "ClusterRole",
    "ClusterRoleBinding",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
}
# Files that people use by hand.
BY_HAND = {"secret.example.yaml", "examples/bindings.yaml"}
SLACK_APPS = {"slack-manifest.yaml", "components/http/slack-manifest.yaml"}


@pytest.fixture(scope="module", params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def built(form: str) -> list[Document]:
    return kustomize(*FORMS[form])


def name_of(document: Document) -> str:
    return f"{document['kind']}/{document['metadata']['name']}"


@every(
    "document",
    [document for _, document in whole_objects()],
    ids=[f"{path.relative_to(DEPLOY)}-{name_of(document)}" for path, document in whole_objects()],
)
def test_every_object_is_valid_as_it_is_written(document: Document) -> None:
    validate(document)


def test_every_form_is_valid_as_it_is_built(built: list[Document]) -> None:
    for document in built:
        validate(document)


def test_an_unknown_field_would_be_noticed() -> None:
    service = the(documents(DEPLOY / "service.yaml"), "Service")
    service["spec"]["targetport"] = "http"
    with pytest.raises(kubernetes_validate.ValidationError):
        validate(service)


def test_no_file_is_forgotten() -> None:
    used = {DEPLOY / name for name in BY_HAND | SLACK_APPS}
    for kustomization in kustomizations():
        used |= used_by(kustomization)
    assert {*DEPLOY.rglob("*.yaml"), *DEPLOY.rglob("*.kubeconfig")} == used


def test_no_secret_is_shipped(built: list[Document]) -> None:
    assert of_kind(built, "Secret") == []


def test_everything_carries_the_same_labels_and_namespace(built: list[Document]) -> None:
    for document in built:
        labels = document["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == "quarterdeck", name_of(document)
        namespace = None if document["kind"] in CLUSTERWIDE else "quarterdeck"
        assert document["metadata"].get("namespace") == namespace, name_of(document)


def test_every_selector_finds_the_pods(built: list[Document]) -> None:
    deployment = the(built, "Deployment")
    labels = deployment["spec"]["template"]["metadata"]["labels"].items()
    selectors = [deployment["spec"]["selector"]["matchLabels"]]
    selectors += [service["spec"]["selector"] for service in of_kind(built, "Service")]
    for kind, field in (("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")):
        selectors += [one["spec"][field].get("matchLabels", {}) for one in of_kind(built, kind)]
    assert [selector for selector in selectors if not selector.items() <= labels] == []


def test_the_service_and_the_probes_name_the_port_of_the_container(built: list[Document]) -> None:
    container = container_of(the(built, "Deployment"))
    assert container["ports"] == [{"name": "http", "containerPort": 8080}]
    probes = [container[probe] for probe in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert [probe["httpGet"] for probe in probes] == [
        {"path": path, "port": "http"} for path in ("/livez", "/livez", "/readyz")
    ]
    assert {port["targetPort"] for port in the(built, "Service")["spec"]["ports"]} == {"http"}


def test_the_ingress_opens_one_path_to_the_service() -> None:
    built = kustomize("http")
    [rule] = the(built, "Ingress")["spec"]["rules"]
    [path] = rule["http"]["paths"]
    assert (path["path"], path["pathType"]) == ("/slack/events", "Exact")
    service = the(built, "Service")
    assert path["backend"]["service"]["name"] == service["metadata"]["name"]
    assert path["backend"]["service"]["port"]["name"] in {
        port["name"] for port in service["spec"]["ports"]
    }


def test_the_keys_that_are_mounted_are_the_keys_of_the_example() -> None:
    [example] = documents(DEPLOY / "secret.example.yaml")
    mounted = set()
    for components in FORMS.values():
        deployment = the(kustomize(*components), "Deployment")
        files = mounted_files(deployment, "configuration")
        secrets = {path: where for path, where in files.items() if where[0] == "secret"}
        # Each key keeps its name as a file: that is how the settings find it.
        assert {path: f"secrets/{key}" for path, (_, _, key) in secrets.items()} == {
            path: path for path in secrets
        }
        assert {name for _, name, _ in secrets.values()} == {example["metadata"]["name"]}
        mounted |= {key for _, _, key in secrets.values()}
    assert mounted == set(example["stringData"])


@pytest.mark.parametrize(
    ("components", "tokens"),
    [
        pytest.param((), {"slack-app-token"}, id="socket"),
        pytest.param(("http",), {"slack-signing-secret"}, id="http"),
    ],
)
def test_a_form_gets_the_secrets_that_it_uses_and_no_other(
    components: tuple[str, ...], tokens: set[str]
) -> None:
    files = mounted_files(the(kustomize(*components), "Deployment"), "configuration")
    every = {"slack-bot-token", "audit-key", "store-key"}
    assert {key for kind, _, key in files.values() if kind == "secret"} == every | tokens


def test_a_secret_from_before_the_store_was_encrypted_still_starts_a_pod() -> None:
    for components in FORMS.values():
        spec = pod_of(the(kustomize(*components), "Deployment"))
        [volume] = [one for one in spec["volumes"] if one["name"] == "configuration"]
        sources = [one["secret"] for one in volume["projected"]["sources"] if "secret" in one]
        optional = {item["key"] for one in sources if one.get("optional") for item in one["items"]}
        assert optional == {"store-key"}


def test_the_settings_point_at_what_is_mounted(built: list[Document]) -> None:
    deployment = the(built, "Deployment")
    [mount] = [
        one for one in container_of(deployment)["volumeMounts"] if one["name"] == "configuration"
    ]
    files = {f"{mount['mountPath']}/{path}" for path in mounted_files(deployment, "configuration")}
    values = environment(deployment)
    assert values["QUARTERDECK_POLICY"] in files
    assert {file for file in files if file.startswith(f"{values['QUARTERDECK_SECRETS']}/")}
    assert all(name.startswith("QUARTERDECK_") for name in values)


def test_the_policy_that_is_mounted_is_the_file(built: list[Document]) -> None:
    [config_map] = [one for one in of_kind(built, "ConfigMap") if "policy.yaml" in one["data"]]
    assert config_map["data"] == {"policy.yaml": (DEPLOY / "policy.yaml").read_text()}
    [source] = [
        where
        for where in mounted_files(the(built, "Deployment"), "configuration").values()
        if where[0] == "configMap"
    ]
    assert source == ("configMap", config_map["metadata"]["name"], "policy.yaml")


def test_every_volume_is_mounted_and_every_mount_has_its_volume(built: list[Document]) -> None:
    deployment = the(built, "Deployment")
    mounts = [one["name"] for one in container_of(deployment)["volumeMounts"]]
    assert sorted(mounts) == sorted(one["name"] for one in pod_of(deployment)["volumes"])


def test_the_embedded_database_has_one_writer_and_a_disk() -> None:
    built = kustomize()
    deployment = the(built, "Deployment")
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    [volume] = [one for one in pod_of(deployment)["volumes"] if one["name"] == "data"]
    claim = the(built, "PersistentVolumeClaim")
    assert volume["persistentVolumeClaim"] == {"claimName": claim["metadata"]["name"]}
    [mount] = [one for one in container_of(deployment)["volumeMounts"] if one["name"] == "data"]
    store = environment(deployment)["QUARTERDECK_STORE__URL"]
    assert store.startswith(f"sqlite:///{mount['mountPath']}/")


def test_two_replicas_share_a_database_and_keep_one_through_a_drain() -> None:
    built = kustomize("ha-postgres")
    deployment = the(built, "Deployment")
    assert deployment["spec"]["replicas"] == 2
    assert of_kind(built, "PersistentVolumeClaim") == []
    assert "QUARTERDECK_STORE__URL" not in environment(deployment)
    assert the(built, "PodDisruptionBudget")["spec"]["minAvailable"] == 1


def test_one_replica_has_no_disruption_budget() -> None:
    # It could never be met, and would block every drain of the node.
    assert of_kind(kustomize(), "PodDisruptionBudget") == []


def test_the_image_is_the_version_of_the_project(built: list[Document]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    image = container_of(the(built, "Deployment"))["image"]
    assert image == f"{project['name']}:{project['version']}"


def test_all_traffic_is_denied_but_what_is_named(built: list[Document]) -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in of_kind(built, "NetworkPolicy")}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    opened = {
        port["port"]
        for policy in policies.values()
        for rule in policy.get("egress", [])
        for port in rule["ports"]
    }
    assert opened <= {53, 443, 6443, 5432}


def test_nothing_reaches_the_bot_on_socket_mode() -> None:
    for policy in of_kind(kustomize(), "NetworkPolicy"):
        assert "ingress" not in policy["spec"]
        assert "Ingress" in policy["spec"]["policyTypes"]


def test_no_egress_reaches_the_credentials_of_the_node(built: list[Document]) -> None:
    for policy in of_kind(built, "NetworkPolicy"):
        for rule in policy["spec"].get("egress", []):
            for peer in rule["to"]:
                block = peer.get("ipBlock", {})
                if block.get("cidr") == "0.0.0.0/0":
                    assert "169.254.0.0/16" in block["except"]
                if block.get("cidr") == "::/0":
                    assert {"fe80::/10", "fd00:ec2::/32"} <= set(block["except"])
