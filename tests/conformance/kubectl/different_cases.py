"""The phrases to which our answer is another one on purpose; docs/differences.md says why."""

from tests.conformance.kubectl.case import Case

# A part of the answer differs; what is left of both is compared.
PARTLY = (
    Case("get secrets -n shop -o yaml", "secret-values"),
    Case("get secrets -n shop -o json", "secret-values"),
    Case("get secret registry -n shop -o yaml", "secret-values"),
    Case("get secret db-password -n shop -o json", "secret-values"),
    Case("get cm,secrets -n shop -o yaml", "secret-values"),
    Case("get pods -A -L app --sort-by=.metadata.labels.app", "sort-ties"),
    Case("get clusterroles --sort-by=.metadata.creationTimestamp", "sort-ties"),
    Case("get cm -n crowd -L part --sort-by=.metadata.labels.part", "sort-ties"),
    Case("logs -l app=db -n shop --prefix", "log-order"),
    Case("logs -l app=db -n shop --tail=2 --prefix --timestamps", "log-order"),
    Case("logs sts/db -n shop --all-pods --tail=3", "log-order"),
    Case("logs deploy/cart -n shop --all-containers --tail=3", "log-order"),
    Case("logs deploy/cart -n shop --all-pods --all-containers --tail=2", "log-order"),
    Case("logs preset -n oddities --all-containers --prefix --tail=2", "log-order"),
    Case("describe secret token -n oddities", "secret-values"),
    Case("describe secrets -n oddities", "secret-values"),
    Case("scale deploy/web -n shop --replicas=5 --dry-run", "go-log-lines"),
    Case("scale deploy/web -n shop --replicas=5 --dry-run=true", "go-log-lines"),
    Case("scale deploy/idle -n oddities --replicas=0 --dry-run=false", "go-log-lines"),
    Case("rollout status deploy/web -n shop --timeout=-1s", "go-log-lines"),
    Case("get pods --context closed", "go-log-lines"),
    Case("get pods,svc -n shop --context closed", "go-log-lines"),
    Case("logs web --context closed", "go-log-lines"),
    Case("rollout status deploy/web --context closed", "go-log-lines"),
    Case("version", "own-version"),
    Case("version --client", "own-version"),
    Case("version --client extra", "own-version"),
    Case("version -o yaml", "own-version"),
    Case("version -o json", "own-version"),
    Case("rollout status pods -n shop", "said-once"),
    Case("rollout status rs -n shop", "said-once"),
    Case("rollout status pods,rs -n oddities", "said-once"),
    Case("events -n shop", "event-ties"),
    Case("events -n shop --for deploy/web", "event-ties"),
    Case("events -n shop --for pod/", "event-ties"),
    Case("events -n shop --types=Warning", "event-ties"),
    Case("events -n shop --types=warning,Normal", "event-ties"),
    Case("events -n prod --types=Warning --no-headers", "event-ties"),
    Case("describe pod plain -n oddities --context reader", "events-unread"),
    Case("describe limits several -n crowd", "limit-order"),
    Case("describe ns crowd", "limit-order"),
    Case("top pod -n shop --sort-by=cpu", "top-ties"),
    Case("top pod -n shop --sort-by=memory --containers", "top-ties"),
    Case("events -n shop --for pod/db-0 -o json", "field-order"),
    Case("auth whoami -o json", "field-order"),
    Case("rollout history deploy/web -n shop -o json", "field-order"),
    Case("get deploy web -n shop -o jsonpath={.metadata[0]}", "template-object"),
    Case("get pods -n shop -o jsonpath='{.items[?(@.kind==1)]}'", "template-object"),
    Case(
        "get deploy web -n shop -o jsonpath={.nope} --allow-missing-template-keys=false",
        "template-object",
    ),
    Case("get deploy web -n shop -w -o jsonpath={.metadata[0]}", "template-object"),
    Case("get deploy web nope -n shop -o jsonpath={.metadata[0]}", "template-object"),
)

_MISSING = "No resources found"
_UNTYPED = "error: the server doesn't have a resource type"
# kubectl answers another phrase as we answer this one.
INSTEAD = (
    Case(
        "logs pla -n oddities --tail=2",
        "pod-beginning",
        "logs plain -n oddities --tail=2",
        'error: error from server (NotFound): pods "pla" not found in namespace "oddities"',
    ),
    Case(
        "events -n shop --for pod/db-0 -o name",
        "events-names",
        "events -n shop --for pod/db-0"
        """ -o jsonpath='{range .items[*]}event/{.metadata.name}{"\\n"}{end}'""",
        "",
    ),
    Case(
        "kubectl get deploy -n vacant",
        "pasted-program",
        "get deploy -n vacant",
        'error: unknown command "kubectl" for "kubectl"',
    ),
    Case(
        "get deploy -n vacant --worst-first",
        "more-flags",
        "get deploy -n vacant",
        "error: unknown flag: --worst-first",
    ),
    Case(
        "label cm -A -n shop --field-selector=metadata.name=web-config x= --dry-run=server -o name",
        "label-everywhere",
        "get cm -A --field-selector=metadata.name=web-config -o name",
        "does not match the namespace",
    ),
    Case("get EV -n vacant", "lenient-types", "get events -n vacant", f'{_UNTYPED} "EV"'),
    Case("get Po -n shop", "lenient-types", "get po -n shop", f'{_UNTYPED} "Po"'),
    Case(
        "explain pods.metrics.k8s.io",
        "explain-groups",
        "explain podmetrics",
        'error: field "io" does not exist',
    ),
    Case(
        "get hpa.v1.autoscaling -n oddities -o yaml",
        "short-versions",
        "get horizontalpodautoscalers.v1.autoscaling -n oddities -o yaml",
        "apiVersion: autoscaling/v2",
    ),
    Case(
        "get pods -n shop -o jsonpath='{range .nope[*]}{[0]}{end}'",
        "template-crash",
        "get pods -n shop -o jsonpath={.nope}",
        "panic: reflect: call of reflect.Value.Type on zero Value",
    ),
    Case("get OddGadget", "lenient-types", "get gadget", f'{_UNTYPED} "OddGadget"'),
    Case(
        "get pods,svc -n prod --sort-by=.metadata.name",
        "sort-several",
        "get pods,svc -n prod",
        "error: couldn't find any field with path",
    ),
    Case(
        "get svc/web pod/db-0 -n shop --sort-by=.metadata.name",
        "sort-several",
        "get svc/web pod/db-0 -n shop",
        "error: couldn't find any field with path",
    ),
    Case(
        "get pods -n shop --sort-by='{ .metadata.name }'",
        "sort-missing",
        "get pods -n shop",
        _MISSING,
    ),
)

_NO_FIELD = 'error: couldn\'t find any field with path "{%s}" in the list of objects'
# Tried by test_documents.py, which needs no server, by test_watching.py, which takes its time, and
# by tests/conformance/generators; where things are changed, by tests/commands/test_patched.py.
ELSEWHERE = (
    *("yaml-characters", "watch-header"),
    *("created-names", "created-services", "created-values", "created-rules", "exposed-flags"),
    *("undo-choice", "map-order", "between-documents", "secret-patches", "older-autoscaler"),
    *("named-twice", "unknown-fields"),
)
# Nothing but an error is written to standard error, and it is a sentence of our own.
WHOLLY = (
    Case("get pods -n shop --sort-by=.nope", "sort-missing", "", _MISSING, _NO_FIELD % ".nope"),
    Case(
        "get clusterroles --sort-by=.metadata.labels.x",
        "sort-missing",
        "",
        _MISSING,
        _NO_FIELD % ".metadata.labels.x",
    ),
    Case(
        "get deploy -n shop -o custom-columns=NAME:.metadata.name[",
        "column-values",
        "",
        "NAME\nerror: unterminated array",
        "error: unterminated array",
    ),
    Case(
        "get deploy -n shop -o custom-columns=NAME:.metadata[0]",
        "column-values",
        "",
        "NAME\nerror: map[string]interface {} is not array or slice",
        "error: map[string]interface {} is not array or slice",
    ),
    *(
        Case(f"get deploy -n shop {flag}", "refused-formats", "", theirs, f"error: {ours}")
        for flag, theirs, ours in (
            ("-o kyaml", 'kind: "Deployment"', "-o kyaml is refused"),
            ("-o jsonpath-file=x", "open x: no such file", "-o jsonpath-file is refused"),
            (
                "-o custom-columns-file=x",
                "open x: no such file",
                "-o custom-columns-file is refused",
            ),
            ("-o go-template={{.kind}}", "List", "-o go-template is refused"),
            ("--template={{.kind}}", "List", "-o go-template is refused"),
        )
    ),
    Case(
        "api-resources -o yaml",
        "refused-formats",
        "",
        "kind: APIResourceList",
        "error: -o yaml is refused",
    ),
    Case(
        "get deploy -n shop --server-print=false",
        "left-out-flags",
        "",
        "AGE",
        "error: unknown flag: --server-print\nSee 'kubectl get --help' for usage.",
    ),
    *(
        Case(
            f"{verb} -f nowhere.yaml",
            "left-out-flags",
            "",
            'error: the path "nowhere.yaml" does not exist',
            f"error: unknown shorthand flag: 'f' in -f\nSee 'kubectl {verb} --help' for usage.",
        )
        for verb in ("get", "rollout status")
    ),
    Case(
        "wait deploy/web -n shop --for=create --local",
        "left-out-flags",
        "",
        "error: you must specify resources by --filename when --local is set.",
        "error: unknown flag: --local\nSee 'kubectl wait --help' for usage.",
    ),
    Case(
        "get pods -n shop --sort-by=.spec.containers",
        "go-words",
        "",
        "is an unsortable type: interface, err: unsortable type: []interface {}",
        "error: fields of type slice cannot be sorted by",
    ),
    Case(
        "get gd --sort-by=.spec.ready",
        "go-words",
        "",
        "is an unsortable type: interface, err: unsortable type: bool",
        "error: fields of type bool cannot be sorted by",
    ),
    Case(
        "rollout status wd/large -n shop",
        "go-words",
        "",
        'error: no kind "Widget" is registered for version "example.org/v1" in scheme',
        "error: no status viewer has been implemented for Widget.example.org",
    ),
    Case(
        "rollout history wd/large -n shop",
        "go-words",
        "",
        'error: no kind "Widget" is registered for version "example.org/v1" in scheme',
        'error: no history viewer has been implemented for "Widget.example.org"',
    ),
    Case(
        "logs wd/large -n shop",
        "go-words",
        "",
        'error: no kind "Widget" is registered for version "example.org/v1" in scheme',
        "error: cannot get the logs from *v1.Widget: selector for *v1.Widget not implemented",
    ),
    Case(
        "logs chores/dishes -n oddities",
        "go-words",
        "",
        'error: no kind "Job" is registered for version "oddities.example.org/v1" in scheme',
        "error: cannot get the logs from *v1.Job: selector for *v1.Job not implemented",
    ),
    Case(
        "get pod/db-0 -n shop --subresource=log",
        "go-words",
        "",
        "error: serializer for text/plain doesn't exist",
        "error: /api/v1/namespaces/shop/pods/db-0/log does not answer with an object",
    ),
    Case(
        "logs db-0 -n shop --since-time=yesterday",
        "since-time",
        "",
        'error: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse',
        "error: --since-time 'yesterday' is not a time in RFC3339",
    ),
    Case(
        "logs db-0 -n shop --since-time=2020-13-01T00:00:00Z",
        "since-time",
        "",
        'error: parsing time "2020-13-01T00:00:00Z": month out of range',
        "error: --since-time '2020-13-01T00:00:00Z' is not a time in RFC3339",
    ),
    Case(
        "logs db-0 -n shop --since-time=2026-01-01T24:00:00Z",
        "since-time",
        "",
        'error: parsing time "2026-01-01T24:00:00Z": hour out of range',
        "error: --since-time '2026-01-01T24:00:00Z' is not a time in RFC3339",
    ),
    Case(
        "explain pod.spec.nope -o plaintext-openapiv2",
        "explain-openapiv2",
        "",
        'error: field "nope" does not exist',
        "error: unrecognized format: plaintext-openapiv2",
    ),
    Case(
        "events -n shop --show-managed-fields -o yaml",
        "exposed-flags",
        "",
        "managedFields:",
        "error: unknown flag: --show-managed-fields\nSee 'kubectl events --help' for usage.",
    ),
    Case(
        "logs db-0 -n shop --insecure-skip-tls-verify-backend",
        "refused-flags",
        "",
        "db-0 line 200",
        "error: --insecure-skip-tls-verify-backend is refused",
    ),
    Case(
        "get pods --context nope",
        "contexts",
        "",
        "Error in configuration: context was not found for specified context: nope",
        'error: context "nope" does not exist',
    ),
    Case(
        "scale deploy/nope deploy/web -n shop --replicas=3 --dry-run=server",
        "whole-plans",
        "",
        "deployment.apps/web scaled (server dry run)",
        'Error from server (NotFound): deployments.apps "nope" not found',
    ),
    Case(
        "delete cm web-config nope -n shop --dry-run=server",
        "whole-plans",
        "",
        'configmap "web-config" deleted from shop namespace (server dry run)',
        'Error from server (NotFound): configmaps "nope" not found',
    ),
    Case(
        "drain node-b --dry-run=client",
        "drain-refusals",
        "",
        "node/node-b cordoned (dry run)",
    ),
    Case(
        "delete cm web-config -n shop --context reader",
        "read-first",
        "",
        'cannot delete resource "configmaps"',
        'Error from server (Forbidden): configmaps "web-config" is forbidden: User'
        ' "system:serviceaccount:oddities:reader" cannot get resource "configmaps" in API group ""'
        ' in the namespace "shop"',
    ),
    Case(
        "delete cm web-config -n shop -i --dry-run=server",
        "delete-interactive",
        "",
        "Do you want to continue? (y/N)",
        "error: --interactive is not needed: what is deleted is shown and confirmed",
    ),
    Case(
        "label cm web-config a=b -n shop --local",
        "no-local",
        "",
        "error: can only use local files by -f pod.yaml or --filename=pod.json when --local=true is"
        " set",
        "error: unknown flag: --local\nSee 'kubectl label --help' for usage.",
    ),
    Case(
        "rollout undo deploy/idle -n oddities",
        "undo-warning",
        "",
        "Warning: resource deployments/idle was previously managed with 'kubectl apply'.",
        'error: no rollout history found for deployment "idle"',
    ),
    Case(
        "rollout undo wd/large -n shop",
        "go-words",
        "",
        'no kind "Widget" is registered for version "example.org/v1" in scheme',
        'error: no rollbacker has been implemented for "Widget.example.org"',
    ),
    Case(
        """patch deploy/web -n shop --type=json --dry-run=server"""
        """ -p '[{"op":"add","path":"/metadata/labels/x","value":4}]'""",
        "patch-object",
        "",
        'patch: Invalid value: "{\\"apiVersion\\":\\"apps/v1\\"',
        'The request is invalid: patch: Invalid value: "<the whole object>": json: cannot unmarshal'
        " number into Go struct field ObjectMeta.metadata.labels of type string",
    ),
    Case(
        "config view",
        "refused-verbs",
        "",
        "current-context: ",
        'error: "config view" is refused: the clusters are set up by whoever runs the bot',
    ),
    Case(
        "cluster-info dump",
        "refused-verbs",
        "",
        '"kind": "NodeList"',
        'error: "cluster-info dump" is refused: it copies a whole cluster\'s state',
    ),
    Case(
        "get pods -n shop --as=anyone",
        "refused-flags",
        "",
        'User "anyone" cannot list resource "pods"',
        "error: --as is refused",
    ),
)
