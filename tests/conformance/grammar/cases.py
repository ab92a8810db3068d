"""The phrases that are understood, by what is expected of them."""

# Bound by us and by kubectl, whose requests (and `get`'s first line) show its reading.
READ_ALIKE = """
get pods
get pods -n shop
get pods -nshop
get pods -n=shop
get pods --namespace shop
get pods --namespace=shop
-n shop get pods
-nshop get pods
-n=shop get pods
--namespace shop get pods
--namespace=shop get pods
get -n shop pods
get pods -n shop -n stock
-n shop get pods -n stock
get pods -n ""
get pods -o wide
get pods -owide
get pods -o=wide
get pods --output wide
get pods --output=wide
get -owide pods
get pods -o wide -o json
get pods -o json -o wide
get pods -o json
get pods -ojson
get pods -oname
get pods -o yaml
get po
get pod
get Pods
get pods web
get pods web api
get pod/web
get pod/web service/front
get po/web deploy/web
get pods,svc
get pods,services,deployments
get deploy
get deployments.apps
get deployments.v1.apps web
get nodes
get no n1
get ns
get pods -A
get pods -A=true
get pods -A=false
get pods -A=1
get pods -A=T
get pods -A=f
get pods --all-namespaces
get pods --all-namespaces=false
get pods -A -n shop
get pods -A --all-namespaces=false
get -A pods
get -Ao wide pods
get pods -Aowide
get pods -Ao=wide
get pods -Aojson
get pods -Al app=web
get pods -Alapp=web
get pods -l app=web
get pods -lapp=web
get pods -l=app=web
get pods -l app=web,tier=front
get pods --selector app=web
get pods --selector=app=web
get pods -l 'app in (web,api)'
get pods -l "app in (web,api)"
get pods -l app\\ in\\ \\(web,api\\)
get pods -l '!app'
get pods -l 'app!=web'
get pods -l app=web -l tier=front
get pods --field-selector status.phase=Running
get pods --field-selector=status.phase!=Running
get pods --field-selector 'metadata.name=web,status.phase=Running'
get pods --field-selector status.phase=Running -l app=web -n shop
get pods --field_selector status.phase=Running
get pods --no-headers
get pods --no-headers=true
get pods --no-headers=false
get pods --no_headers
get pods --no-headers -A
get pods --show-labels
get pods --show-labels --no-headers
get pods -L app
get pods -Lapp
get pods -L app,app
get pods -L app -L app
get pods --label-columns=app
get pods -L '"app",app'
get pods --sort-by .metadata.name
get pods --sort-by=.metadata.name -A
get pods --sort-by .metadata.name -o json
get pods --chunk-size 10
get pods --chunk-size=0
get pods --chunk-size=0x10
get pods --chunk-size=0o17
get pods --chunk-size=017
get pods --chunk-size=0b101
get pods --chunk-size=1_000
get pods --chunk-size=+25
get pods --ignore-not-found
get deploy web --subresource=scale
get pods --
get -- pods
get -o wide -- pods
get pods -- web
get --namespace shop -- pods web
get pods web --
get '' pods
"get" 'pods' we\\b
get pods "we"'b'
get pods --context there
--context there get pods
get pods --context=there -n shop
get pods --context here --context there
get pods --request-timeout 5s
get pods --request-timeout=5
--request-timeout=5s get pods
get secrets web -o json
describe pod web
describe pods
describe po/web
describe pod web -n shop
describe pods -l app=web
describe pods -A
describe deploy/web --show-events=false
describe pods --chunk-size=7
logs web
logs pod/web
logs -f web
logs web -f
logs --follow web
logs web --follow=false
logs -p web
logs web --previous
logs -pf web
logs -fp web
logs web -c sidecar
logs web -csidecar
logs web -c=sidecar
logs web --container=sidecar
logs web sidecar
logs web -fc sidecar
logs web -c app -c sidecar
logs web --tail 5
logs web --tail=5
logs web --tail=0
logs web --tail=-1
logs web --tail=5 --tail=7
logs web --tail=0x5
logs web --since 1h
logs web --since=1h
logs web --since=1h30m
logs web --since=90s
logs web --since=0.5h
logs web --since=.5h
logs web --since=+2m
logs web --since-time=2026-01-01T00:00:00Z
logs web --timestamps
logs web --timestamps --tail 3
logs web --limit-bytes=100
logs -l app=web
logs -lapp=web
logs -l app=web --tail=-1
logs -l app=web --tail=3
logs web --all-containers
logs web --all-containers=true -n shop
logs web -n shop --tail=5 -c app
-n shop logs web
exec web -- ls
exec web -- ls -l
exec web -c sidecar -- ls -l /tmp
exec web -csidecar -- ls
exec -c sidecar web -- ls
exec -i web -- sh
exec -it web -- sh
exec web -it -- sh -c 'echo one | wc -l'
exec web -- sh -c "echo two; ls"
exec web -n shop -- env -n
exec pod/web -- ls -- -x
exec web ls
exec -- web ls
exec web extra -- ls
exec web --
exec web -- ls --container=other
exec -q web -- true
delete pod web
delete pods web api
delete pod/web
delete pod/web service/front
delete pod web -n shop
delete pods -l app=web
delete pods --all
delete pod web --wait=false
delete pod web --wait=0
delete pod web --wait=f
delete pod web --wait
delete pod --cascade web
delete pod web --cascade
delete pod web --cascade=orphan
delete pod web --cascade=foreground
delete pod --cascade=background web
delete pod --dry-run web
delete pod web --dry-run=server
delete pod web --dry-run=client
delete pod web --grace-period 30
delete pod web --grace-period=30
delete pod web --now
delete pod web --force --grace-period=0
delete pod web --force=false
delete deploy web --wait=false --cascade=orphan
delete svc front --wait=false --ignore-not-found
delete pod web --timeout=5s
label pod web tier=front
label pods --all tier=front
label pod/web tier=front level=2
label pod web app-
label pod web app=api --overwrite
label pod web app- --overwrite=true
label --overwrite pod web app=api
label pod web tier=front --dry-run=server
label pod web tier=front --dry-run=client
label pods -l app=web tier=front
label pod web tier=front --field-manager=me -n shop
annotate pod web note='two words'
annotate pod web note=a=b
annotate pod web "note=a\\.b \\"c\\""
annotate deploy/web "note=it's" --overwrite
annotate pods --all note=x
scale deploy web --replicas=5
scale deploy web --replicas 5
scale --replicas=5 deploy/web
scale deploy/web --replicas=0
scale deploy/web --replicas=0x3
scale deploy/web --replicas=2 --replicas=3
scale deploy web --replicas=5 -n shop
scale deploy web api --replicas=2
scale deploy/web sts/db --replicas=1
scale deploy/web --replicas=2 --dry-run=server
scale deploy/web --replicas=2 --dry-run=client
set image deploy/web app=nginx:2
set image deployment web app=nginx:2
set image deploy/web app=nginx:2 sidecar=envoy:2
set image deploy/web *=nginx:3
-n shop set image deploy/web app=nginx:2
set -n shop image deploy/web app=nginx:2
set image deploy/web app=nginx:2 --field-manager me
rollout status deploy/web
rollout status deployment web
rollout status deploy web --watch=false
rollout status deploy/web -w=false
rollout status deploy/web --timeout=5s
rollout status deploy/web --revision=1
rollout -n shop status deploy/web
-n shop rollout status deploy/web
rollout status -n shop deploy/web
rollout --namespace=shop status deploy/web
rollout history deploy/web
rollout history deploy web --revision=2
rollout undo deploy/web
rollout undo deploy web --to-revision 1
rollout restart deploy/web
rollout restart deploy web --field-manager=me
rollout restart deploy/web sts/db
rollout pause deploy/web
cordon n1
cordon n1 n2
cordon -l app=web
cordon n1 --dry-run=server
drain n1
drain n1 --ignore-daemonsets --delete-emptydir-data
drain n1 --force --grace-period=30 --timeout=1m
drain n1 --pod-selector app=web
drain n1 --pod-selector='app in (web)' --chunk-size=50
top pod
top pods
top po web
top pod -A
top pod -n shop --containers
top pod -l app=web --sort-by=cpu
top node
top nodes
top no n1
auth can-i get pods
auth can-i list deployments.apps -n shop
auth can-i get pods --subresource=log
auth can-i delete pods/web
auth can-i get pods -A
auth can-i get pods -q
auth -n shop can-i get pods
events
events -n shop
events -A
events --for pod/web
events --for=pod/web --types=Warning,Normal
events --types Warning --types Normal --no-headers
wait --for=condition=Ready pod/web --timeout=5s
wait pod/web --for condition=Ready --timeout 5s -n shop
apply -f settings.yaml --server-side
apply --server-side -fsettings.yaml
apply -f=settings.yaml --server-side --force-conflicts
apply --server-side -f settings.yaml --field-manager=me -n shop
apply --server-side -f settings.yaml --dry-run=server
apply --server-side -f settings.yaml --validate=warn
apply --server-side -f settings.yaml --validate
version
version --client
version -o json
version -ojson --client=false
version extra
cluster-info
-n shop cluster-info
get
logs
delete
"""

# What stands for help, and what of.
HELP = {
    "": "",
    "--help": "",
    "-h": "",
    "-n shop": "",
    "get -h": "get",
    "get --help": "get",
    "get pods --help": "get",
    "get pods -A -h": "get",
    "get pods --help=true": "get",
    "-n shop get -h": "get",
    "rollout --help": "rollout",
    "rollout status -h": "rollout status",
    "rollout -h status": "rollout",
    "set image --help": "set image",
    "exec web -h -- ls": "exec",
}


def phrases(table: str) -> list[str]:
    """Return the phrases of a table, one a line."""
    return table.strip("\n").split("\n")
