"""Phrases of the other verbs to which we say what kubectl says, in groups, one a line."""

from collections.abc import Mapping

GROUPS: Mapping[str, str] = {
    "without rights": """
get pods -n oddities --context reader
get pods -n shop --context reader
get pods -A --context reader
get nodes --context reader
get all -n oddities --context reader
get pods,svc,cm -n oddities --context reader -o name
get pods,secrets -n oddities --context reader -o yaml
get svc/lonely pod/plain -n oddities --context reader
get pods/nope -n oddities --context reader
get pods/nope -n shop --context reader
get secrets hostile -n oddities --context reader
logs plain -n oddities --context reader
logs deploy/patient -n oddities --context reader
rollout status deploy/patient -n oddities --context reader
rollout status deploy -n oddities --context reader
cluster-info --context reader
get pods --context nobody
logs plain -n oddities --context nobody
""",
    "rollouts": """
rollout status deploy/web -n shop
rollout status deployment web -n shop
rollout status deploy web cart -n shop
rollout status deploy/web sts/db ds/agent -n shop
rollout status deploy,sts web -n shop
rollout status deploy -n prod
rollout status deploy -n shop -w=false
rollout status ds,sts -n shop
rollout status deploy -n shop -l app=web
rollout status deploy -n shop -l nope=1
rollout status deploy -n vacant
rollout status deploy/web -n shop --revision=1
rollout status deploy/web -n shop --revision=2
rollout status deploy/web -n shop --revision=-1
rollout status sts/db -n shop --revision=7
rollout status deploy/web -n shop --timeout=5s
rollout status deploy/broken -n shop --watch=false
rollout status deploy/broken -n shop --timeout=1s
rollout status deploy/idle -n oddities
rollout status deploy/late -n oddities
rollout status deploy/late deploy/idle -n oddities
rollout status deploy/late deploy/nope deploy/idle -n oddities
rollout status deploy/patient -n oddities -w=false
rollout status deploy/patient -n oddities --timeout=300ms
rollout status deploy/paused -n oddities -w=false
rollout status deploy/paused -n oddities --timeout=300ms
rollout status deploy -n oddities -w=false
rollout status deploy -n oddities --timeout=300ms
rollout status sts/canary -n oddities
rollout status sts/by-hand -n oddities
rollout status sts/stuck -n oddities -w=false
rollout status sts/stuck -n oddities --timeout=300ms
rollout status sts -n oddities -w=false
rollout status ds/stuck -n oddities -w=false
rollout status ds/stuck -n oddities --timeout=300ms
rollout status ds/by-hand -n oddities
rollout status ds -n oddities -w=false
rollout status deploy nope web -n shop
rollout status deploy/nope -n shop
rollout status deploy/x -n nowhere
rollout status deploy/x -n a/b
rollout status pod/db-0 -n shop
rollout status svc/web -n shop
rollout status node/node-a
rollout status rc/old -n oddities
rollout status pods -n vacant
rollout status deploy web -n shop -l app=web
rollout status foo/bar
rollout status
rollout status web
rollout status deploy '' -n shop
""",
    "logs": """
logs db-0 -n shop
logs db-0 -n shop --tail=5
logs db-0 -n shop --since=-400ms
logs db-0 -n shop --since=499ms
logs db-0 -n shop --since=500ms --tail=1
logs db-0 -n shop --since-time=2026-01-01T00:00:00,5Z --tail=1
logs db-0 -n shop --since-time=2026-01-01T0:00:00+24:00 --tail=1
logs '' -n shop
logs -l app=db db-0 db -n shop
logs db-0 -n shop --tail=0
logs db-0 -n shop --tail=-1
logs db-0 -n shop --tail=1000
logs db-0 -n shop --since=10m
logs db-0 -n shop --since=400ms
logs db-0 -n shop --since=1h30m --tail=2
logs db-0 -n shop --since-time=2020-01-01T00:00:00Z --tail=2
logs db-0 -n shop --since-time=2020-01-01T00:00:00.5+02:00 --tail=2
logs db-0 -n shop --since-time=2090-01-01T00:00:00Z
logs db-0 -n shop --limit-bytes=20
logs db-0 -n shop --limit-bytes=0 --tail=2
logs db-0 -n shop --timestamps --tail=3
logs db-0 -n shop --prefix --tail=3
logs db-0 -n shop --prefix --timestamps --tail=3
logs db-0 -n shop -c db --tail=2
logs db-0 db -n shop --tail=2
logs pod/db-0 -n shop --tail=1
logs db-0 --context shop --tail=1
logs db-0 -n shop --all-containers --prefix --tail=2
logs deploy/web -n shop --tail=2
logs deployment.apps/web -n shop --tail=2
logs deploy/cart -n shop --tail=2
logs deploy/cart -n shop --tail=2 -c sidecar
logs deploy/cart sidecar -n shop --tail=2
logs deploy/cart -n shop --tail=2 -c setup
logs sts/db -n shop --tail=2
logs ds/agent -n shop --tail=2
logs job/migrate -n shop
logs job/migrate -n shop --all-pods --tail=2
logs svc/web -n shop --tail=2
logs rc/old -n oddities --tail=2
logs deploy/patient -n oddities --tail=1
logs preset -n oddities --tail=1
logs preset -n oddities --tail=1 -c app
logs misnamed -n oddities --tail=1
logs misnamed -n oddities --tail=1 --all-containers
logs -l statefulset.kubernetes.io/pod-name=db-0 -n shop
logs -l statefulset.kubernetes.io/pod-name=db-0 -n shop --tail=3
logs -l statefulset.kubernetes.io/pod-name=db-0 -n shop --tail=-1
logs -l statefulset.kubernetes.io/pod-name=db-0 -n shop --prefix
logs -l app=plain -n oddities --prefix --tail=2
logs -l nope=1 -n shop
logs deploy/crashy -n shop
logs deploy/crashy -n shop --previous
logs deploy/crashy -n shop -p --tail=1 --timestamps
logs deploy/broken -n shop
logs deploy/broken -n shop --ignore-errors
logs sts/stuck -n oddities
logs homeless -n prod
""",
    "log errors": """
logs
logs -n shop
logs db-0 a b -n shop
logs -l app=db db-0 -n shop
logs db-0 -n shop -c nope
logs db-0 nope -n shop
logs db-0 db -c db -n shop
logs preset -n oddities -c nope
logs deploy/cart -n shop -c nope
logs db-0 -n shop --all-containers -c db
logs db-0 -n shop --tail=-2
logs db-0 -n shop --since=-1s
logs db-0 -n shop --limit-bytes=-1
logs db-0 -n shop --since-time=2020-01-01T00:00:00Z --since=1h
logs db-0 -n shop --pod-running-timeout=0s
logs deploy/idle -n oddities --pod-running-timeout=1s
logs svc/lonely -n oddities --pod-running-timeout=1s
logs -f -l app -n shop --max-log-requests=2
logs nope -n shop
logs pod/nope -n shop
logs deploy/nope -n shop
logs x -n nowhere
logs x -n a/b
logs -l '==' -n shop
logs svc/payments -n shop
logs cronjob/report -n shop
logs cm/web-config -n shop
logs pvc/data -n oddities
logs node/node-a
logs foo/bar -n shop
logs foo/bar/baz -n shop
logs /db-0 -n shop
logs db-0/ -n shop
logs pod,deploy/web -n shop
logs all/web -n shop
logs rs -n shop
""",
    "scaled": """
scale deploy/web -n shop --replicas=3 --dry-run=server
scale deploy/web -n shop --replicas=5 --dry-run=server
scale deploy web cart -n shop --replicas=5 --dry-run=server
scale deploy/web sts/db -n shop --replicas=5 --dry-run=server
scale deploy -n shop --all --replicas=5 --dry-run=server
scale deploy -n shop -l app=web --replicas=5 --dry-run=server
scale deploy/web -n shop --replicas=5 --dry-run=server --current-replicas=3
scale deploy/web -n shop --replicas=5 --dry-run=client
scale deploy/idle -n oddities --replicas=0
scale rc/old -n oddities --replicas=1
scale deploy/web -n shop --replicas=5 --current-replicas=9
scale deploy/web -n shop --replicas=5 --current-replicas=-2
scale deploy/web -n shop --replicas=5 --resource-version=1
scale deploy/web deploy/cart -n shop --replicas=5 --resource-version=1
scale deploy/web -n shop --replicas=-1
scale deploy/web -n shop
scale deploy -n shop --replicas=3
scale deploy -n vacant --replicas=3 --all
scale deploy web -n shop --replicas=3 -l app=web
scale deploy/web -n shop --replicas=5 --dry-run=nope
scale deploy/nope -n shop --replicas=3
scale deploy/x -n nowhere --replicas=3
scale foo/bar --replicas=3
scale deploy web -n shop --all --replicas=5 --dry-run=server
scale svc/web -n shop --replicas=3
scale ds/agent -n shop --replicas=3
scale node/node-a --replicas=3
scale wd/large -n shop --replicas=3
""",
    "patched": """
label deploy/web -n shop x=y --dry-run=client
label deploy web cart -n shop x=y --dry-run=server
label deploy/web -n shop app=x
label deploy/web -n shop app=x tier=y
label deploy/web -n shop app=web nope-
label deploy/web -n shop x=y --resource-version=1
label deploy -n shop x=y
label deploy/web -n shop
label deploy/web -n shop 'a b=c' --dry-run=server
label deploy/web -n shop 'a=b c'
annotate deploy/web -n shop x=y --dry-run=server
annotate deploy/web -n shop kubernetes.io/change-cause=x --dry-run=client
annotate deploy/web -n shop x- x=1
annotate cm -n shop -l app=nothing x=1
set image deploy/web -n shop web=x:1 --dry-run=client
set image deploy/web -n shop *=x:1 --dry-run=server
set image deploy/web -n shop nope=x:1 also=y:1
set image cm/web-config -n shop web=x:1
set image deploy/web -n shop web=x:1 cart
set image deploy/cart -n shop app= --dry-run=server
set env deploy/cart -n shop --list
set env deploy/web deploy/cart -n shop A=1 --list
set env deploy/web -n shop A=1 --dry-run=client
set env deploy/cart -n shop DB_PASSWORD=x --overwrite=false
set env deploy/cart -n shop A=1 -c nope
set env deploy/cart -n shop 1A=1
set env deploy/cart -n shop --keys=x
rollout resume deploy/web -n shop
rollout pause deploy/paused -n oddities
rollout pause sts/db ds/agent -n shop
rollout restart cm/web-config -n shop
rollout restart deploy/paused -n oddities
rollout restart deploy -l app=nothing -n shop
rollout undo
rollout undo deploy -l app=nothing -n shop
patch deploy/web -n shop -p '{"spec":{"paused":true}}' --dry-run=server
patch deploy/web -n shop -p '{"spec":{"replicas":null}}' --type=nope
patch deploy/web -n shop --type=json -p '[{"op":"test","path":"/spec/replicas","value":99}]'
patch deploy/web -n shop --type=merge -p '[1]'
patch wd/large -n shop -p '{"spec":{"size":1}}' --dry-run=server
patch deploy/web -n shop
autoscale deploy/cart -n shop --max=3 --cpu=70% --dry-run=client -o yaml
autoscale deploy/cart -n shop --max=3 --memory=200 --name=x --dry-run=server
autoscale svc/web -n shop --max=3
autoscale deploy/cart -n shop --max=1 --min=3
autoscale deploy/cart -n shop --max=3 --cpu=x
""",
    "cluster": """
cluster-info
cluster-info -n shop
version extra
version -o nope
get pods --request-timeout=1m -n vacant
get pods --request-timeout=nope
get pods --context
""",
}
