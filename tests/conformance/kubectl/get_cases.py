"""Phrases of `get` to which we say what kubectl says, in groups, one a line."""

from collections.abc import Mapping

GROUPS: Mapping[str, str] = {
    "tables": """
get pods -n shop
get pods -n shop -o wide
get pods -n shop --context shop
get pods --context shop
get pods
get po -n shop
get pod -n shop
get Pods -n shop
get pods -A
get pods -A -o wide
get pods -A -n shop
get nodes
get nodes -o wide
get no -A
get ns
get deploy,sts,ds -n shop -o wide
get rs,rc -n oddities -o wide
get cj,job -n shop -o wide
get svc -n shop -o wide
get svc,endpointslices -n oddities
get ing,pdb,netpol,quota,hpa,pvc -n oddities
get ing,pdb -n shop
get cm,secrets,sa -n shop
get roles,rolebindings -n oddities -o wide
get clusterroles
get clusterrolebindings -o wide
get crd
get apiservices -o wide
get events -n shop
get events told.1 -n oddities
get events -n oddities -o wide
get ev -n vacant
get priorityclasses,flowschemas
get leases -n kube-system
get csr,sc,pv
get widgets -A
get wd -A -o wide
get gd
get gd -o wide
get gd numbers huge small
get gd wide-glyphs written-over x-terminal x-lines
get gd written-over x-terminal bare
get gd x-lines
get endpoints -n shop
get ep,pods -n shop
get componentstatuses
get pods.metrics.k8s.io -n vacant
""",
    "without headers": """
get pods -n shop --no-headers
get pods -A --no-headers -o wide
get all -n shop --no-headers
get pods -n vacant --no-headers
get gd --no-headers
get gd x-lines --no-headers
get gd -o wide --no-headers
get deploy/web -n shop --no-headers --show-kind
""",
    "labels": """
get pods -n shop --show-labels
get pods -A --show-labels -o wide
get pods -n shop -L app
get pods -n shop -L app,tier -L nope
get pods -n shop -L app --show-labels
get nodes -L kubernetes.io/arch,topology.kubernetes.io/zone
get nodes -L a/b/c
get nodes -L nope/
get nodes -L ''
get nodes --show-labels
get deploy -n shop -L app -o wide
get deploy -n shop -L app -o yaml
get cm -n oddities -L yes,1,empty
get cm -n oddities --show-labels
get gd -L size --show-labels -o wide --show-kind
get pods -n shop --show-kind
get deploy -n shop --show-kind
get deploy -n shop --show-labels -o yaml
get deploy -n shop --show-labels -o name
get deploy -n shop -L app -o custom-columns=N:.metadata.name
get nope -L app -o custom-columns
get deploy -n shop -L '' -o custom-columns=N:.metadata.name
get deploy -n shop -L app --show-labels -o custom-columns=N:.metadata.name
""",
    "selectors": """
get pods -n shop -l app=web
get pods -n shop -l app==web
get pods -n shop -l 'app in (web,cart),tier'
get pods -n shop -l 'app notin (web,cart)'
get pods -n shop -l '!tier'
get pods -n shop -l app!=web -o name
get pods -n shop -l ' '
get pods -n shop -l ''
get pods -A -l app=web
get pods -n shop -l nope=1
get pods -A -l nope=1
get clusterroles -l nope=1
get all -n shop -l app=web
get pods -n shop --field-selector=status.phase=Running
get pods -n shop --field-selector=status.phase!=Running
get pods -A --field-selector=spec.nodeName=node-a
get pods -n shop --field-selector=status.phase=Nope
get pods -n shop --field-selector=' '
get pods -n shop --field-selector metadata.name=db-0 -l app=db
get pods db-0 -n shop -l ' '
get events -n shop --field-selector=type=Warning -o name
get gd -l size=
get gd -l size
get cm -n crowd -l 'part in (p,pp)' -L part
""",
    "sorted": """
get pods -n shop --sort-by=.metadata.name
get pods -n shop --sort-by=metadata.name
get pods -n shop --sort-by={.metadata.name}
get pods -A --sort-by=.metadata.uid
get pods -A --sort-by=.metadata.resourceVersion --no-headers
get pods -n shop -l app=web --sort-by=.metadata.creationTimestamp
get deploy -n shop --sort-by=.spec.replicas
get pods -n prod --sort-by=.spec.containers[*].name
get deploy -n shop --sort-by='{.status.conditions[?(@.type=="Available")].status}' -o name
get deploy -n shop --sort-by=.spec.replicas -o name
get deploy -n shop --sort-by=.spec.replicas -o yaml
get deploy -n shop --sort-by=.spec.template.spec.containers[0].image
get deploy,svc -n shop --sort-by=.metadata.name -o name
get deploy,svc -n shop --sort-by=.metadata.name -o json
get deploy web cart -n shop --sort-by=.metadata.name -o name
get deploy -n shop --sort-by=.nope -o name
get deploy -n shop --sort-by=.nope -o yaml
get deploy web -n shop --sort-by=.nope -o yaml
get deploy web -n shop --sort-by=.nope -o name
get svc -n shop --sort-by=.spec.clusterIP
get svc -n shop --sort-by=.spec.ports[0].port
get svc -n shop --sort-by=.spec.ports[-1].port
get nodes --sort-by='.metadata.labels.kubernetes\\.io/hostname'
get nodes --sort-by=.status.capacity.memory
get quota -n oddities --sort-by=.spec.hard.pods
get clusterroles --sort-by=.metadata.name
get gd --sort-by=.spec.count
get gd --sort-by=.spec.title
get gd --sort-by=.spec.due
get pods -n vacant --sort-by=.metadata.name
get pods -n vacant --sort-by=.nope
get pods -n vacant --sort-by=.nope -o yaml
get pod db-0 -n shop --sort-by=.metadata.name
get pods -n shop -L app --sort-by=''
get cm -n crowd --sort-by=.metadata.name
get cm -n crowd --sort-by=.metadata.name --no-headers
get deploy web -n shop --sort-by=.nope
get deploy web -n shop --sort-by='{.nope'
get deploy -n shop -l app=web --sort-by=.nope
get deploy -n shop -l app=web --sort-by='a b'
get deploy -n shop -l app=web --sort-by=.nope -o name
get deploy -n shop -l app=web --sort-by='{.nope' -o name
get pods -n vacant --sort-by='{.nope'
get pods -n vacant --sort-by='{.nope' -o name
get pods -n vacant --sort-by='{.nope' -o yaml
get deploy web nope cart -n shop --sort-by=.nope -o name
""",
    "watches that end at once": """
get pods,svc -n shop -w
get pods,svc -n shop -w -o name
get deploy,svc -n shop --watch-only -o yaml
get cm/kube-root-ca.crt deploy/web -n shop -w -o name
get deploy web cart -n shop -w
get deploy web cart -n shop -w -o name
get deploy web cart -n shop -w -o yaml
get deploy web cart -n shop -w -o json --output-watch-events
get deploy web cart -n shop -w -o custom-columns=NAME:.metadata.name,HAS:.spec.replicas
get deploy web cart -n shop -w --sort-by=.metadata.name
get deploy web cart -n shop -w -o name --sort-by=.metadata.name
get deploy web nope cart -n shop -w -o name
get deploy nope -n shop -w
get deploy nope -n shop -w -o yaml
get deploy nope -n shop -w -o yaml --ignore-not-found
get deploy nope -n shop -w --ignore-not-found
get pods -n shop -w -o nope
get pods -n shop -w -o jsonpath
""",
    "long lists": """
get cm -n crowd -o name --sort-by=.metadata.name
get cm -n crowd -o yaml --sort-by=.metadata.name
get cm -n crowd -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}{.kind}' --chunk-size=99
get cm -n crowd -o jsonpath='{.items[?(@.metadata.labels.part=="pp")].data}'
get cm -n crowd -o jsonpath-as-json={.items[600:].metadata.name} --sort-by=.metadata.name
get cm -n crowd -o custom-columns=N:.metadata.name,P:.metadata.labels.part --sort-by=.metadata.name
get cm -n crowd
get cm -n crowd -o wide
get cm -n crowd --no-headers
get cm -n crowd -L part
get cm -n crowd -L part --no-headers
get cm -n crowd --show-labels
get cm -n crowd -o name
get cm -n crowd -o yaml
get cm -n crowd -o json
get cm -n crowd --chunk-size=100
get cm -n crowd --chunk-size=149 --no-headers
get cm -n crowd --chunk-size=150
get cm -n crowd --chunk-size=151
get cm -n crowd --chunk-size=250 --no-headers
get cm -n crowd --chunk-size=0
get cm -n crowd --chunk-size=0 --no-headers -L part
get cm -n crowd --chunk-size=-1
get cm -A
get cm -A --no-headers
get cm,sa -n crowd
get sa,cm -A
""",
    "several": """
get all -n shop
get all -A
get all -n vacant
get all -n oddities -o wide
get all,secrets -n shop
get pods,all -n shop
get deploy,svc -n shop
get pods,pod,po -n shop
get pods,svc -n vacant
get no,pods -n shop
get no,pods -n vacant
get ns,no -A
get no,pods -A
get ns,pods -l nope=1
get deploy/web svc/web -n shop
get deploy/web svc/web deploy/cart -n shop
get deploy,svc web -n shop
get deploy,svc web cart -n shop
get deploy,svc nope -n shop
get pods db-1 db-0 -n shop
get pods db-0 db-0 -n shop
get pods,pods db-0 -n shop
get pods nope db-0 nada -n shop
get pods/db-0 pods/nope pods/db-1 -n shop
get no/node-a pod/db-0 -n shop
get no/node-a ns/shop
get no node-a -A
get pods,no -A
get no,pods,ns -A --show-labels
get resourceclaims,no -A
get cm,no -A --context reader
get cm,ns -A --no-headers
""",
    "types": """
get deployments.v1.apps -n shop -o name
get deployments.apps -n shop -o name
get deployments.app -n shop -o name
get deploy.apps/web -n shop
get Deployment.v1.apps web -n shop
get pods. -n shop -o name
get pods.v1. -n shop -o name
get widgets.v1.example.org large -n shop
get widgets.exam -A -o name
get gadgets.v1beta1.oddities.example.org bare -o yaml
get OddGadget.v1.oddities.example.org bare
get events.events.k8s.io -n vacant
get ev.events.k8s.io -n vacant
get ev,events -n oddities -o name
get podmetrics -n vacant
get foo
get Foo.Bar
get foo.v1.bar
get pods.v1 -n shop
get pods.shop
get deployments.v2.apps -n shop -o name
get deployments.extensions -n shop
get .pods
get pods,foo
get foo,bar
get , -n shop
get pods, -n shop
get ev. -n vacant
get ev.v1. -n vacant
get ev.v1.events.k8s.io -n vacant
""",
    "names": """
get pods -n shop -o name
get pods,svc -n shop -o name
get all -A -o name
get pods/db-0 pods/nope -n shop -o name
get pods/nope -n shop -o name
get pods/nope pods/nada -n shop -o name
get pods db-0 nope db-1 -n shop -o name
get pods -n vacant -o name
get gd,wd -n shop -o name
get pods -n shop -o NAME
""",
    "ignored": """
get pods/nope -n shop --ignore-not-found
get pods/nope -n shop --ignore-not-found -o yaml
get pods nope db-0 -n shop --ignore-not-found
get pods nope db-0 -n shop --ignore-not-found -o name
get pods nope db-0 -n shop --ignore-not-found -o yaml
get pods/nope pods/nada -n shop --ignore-not-found -o json
get pods -n vacant --ignore-not-found
get pods -n vacant --ignore-not-found -o yaml
get pods x -n nowhere --ignore-not-found
get foo --ignore-not-found
""",
    "documents": """
get deploy web -n shop -o yaml
get deploy web -n shop -o json
get deploy web -n shop -o YAML
get deploy,rs,sts,ds -n shop -o yaml
get deploy,rs,sts,ds -n shop -o json
get pods -n shop -o yaml
get pods -n shop -o json
get pods -n vacant -o yaml
get pods -n vacant -o json
get cj,job,svc,ing,pdb,sa -n shop -o yaml
get cj,job,svc,ing,pdb,sa -n shop -o json
get pvc,netpol,quota,hpa,rc -n oddities -o yaml
get pvc,netpol,quota,hpa,rc -n oddities -o json
get cm -n oddities -o yaml
get cm hostile -n oddities -o json
get nodes -o yaml
get node node-a -o json
get ns -o yaml
get crd gadgets.oddities.example.org -o yaml
get crd widgets.example.org -o json
get clusterroles,clusterrolebindings -o yaml
get clusterroles -o json
get roles,rolebindings -n shop -o yaml
get events -n oddities -o yaml
get events -n shop -o json
get apiservice v1beta1.metrics.k8s.io -o yaml
get cm -n kube-system -o yaml
get wd -n shop -o yaml
get gd -o yaml
get gd -o json
get gd numbers -o yaml
get deploy web -n shop -o yaml --show-managed-fields
get pods -n shop -o json --show-managed-fields
get pods/db-0 pods/nope -n shop -o yaml
get pods db-0 nope -n shop -o json
get pods/nope -n shop -o yaml
get pods/nope pods/nada -n shop -o yaml
get deploy web -n shop --subresource=scale
get deploy web -n shop --subresource=scale -o yaml
get deploy web cart -n shop --subresource=scale
get deploy/web sts/db -n shop --subresource=scale -o json
get deploy/web -n shop --subresource=status -o name
""",
    "errors": """
get
get -n shop
get -A -o yaml
get pods nope -n shop
get pods/nope -n shop
get pod/nope svc/nada -n shop
get pods x -n nowhere
get pods x y -n nowhere
get deploy/nope -n shop
get wd/nope -n shop
get gd/nope
get no nope
get pod/nope foo/bar -n shop
get pod db-0 -A
get no/node-a pod/db-0 -A
get pods svc -n shop
get all pods -n shop
get all/web -n shop
get deploy/web svc -n shop
get deploy/web,svc/web -n shop
get a/b/c
get deploy/ -n shop
get /web -n shop
get ''
get pods '' -n shop
get pods ..
get pods a%b
get pods a/b%c
get pods/a%b pods/nope -n shop
get pods 'a b' -n shop
get pods 'a?b' -n shop
get pods ünï -n shop
get pods UPPER -n shop
get pods x -n a/b
get pods x -n ..
get pods -n 'no such'
get pods -n UPPER
get pods db-0 -n shop -l app=db
get pods/db-0 -n shop -l app=db
get pods/db-0 -n shop --field-selector=metadata.name=db-0
get pods -n shop -l '=='
get pods -n shop -l 'a b'
get pods -n shop -l 'a in b'
get pods -n shop --field-selector=nope=1
get pods -n shop --field-selector=a
get pods,svc -n shop --field-selector=status.phase=Running
get bindings
get tokenreviews
get pods -n shop -o nope
get nope -o nope
get pods -n shop -o Wide
get deploy -n shop --show-labels -o jsonpath={.x}
get deploy/web -n shop --subresource=nope
get deploy/web -n shop --subresource=a/b
get pod db-0 -n shop --subresource=exec
get ns/shop -n nowhere
get pods -n shop -l app=web -l tier=front
get pods -n shop -l 'a/b/c=d'
get pods -n shop -l app=wéb
get deploy -n shop --subresource=scale
get svc/web -n shop --subresource=scale
get pods --bogus
get pods -n shop --chunk-size=many
get pods -n shop -o wide=x
get pods -n shop -o=
get cm nope -n shop -o nope
get cm nope web-config -n shop -o nope
get cm nope -n shop -o nope --ignore-not-found
get cm nope web-config -n shop -o nope --ignore-not-found
get cm -l nope=1 -n shop -o nope --ignore-not-found
get cm nope -n shop -o jsonpath
get cm nope -n shop -o jsonpath={.kind
get cm nope -n shop -w -o nope
get cm -n shop -l 'a b c' -o nope
get nope --subresource=status
get pods,nope -n shop --subresource=status
get pods '' -A
get nope ''
get all x -n shop -l a=b
""",
    "templates and columns": """
get pods -n shop -o jsonpath={.items[*].metadata.name}
get pods -n shop -o jsonpath={.items[*]['metadata.name','status.phase']}
get pods -n shop -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}'
get pods -n shop -o=jsonpath={@}
get pods -n shop -o=jsonpath={.items[0]}
get pods -n shop -o=jsonpath='{.items[0].metadata.name}'
get pods -n shop -o=jsonpath="{.items[*]['metadata.name', 'status.capacity']}"
get pods -n shop -o jsonpath-as-json={.items[*].metadata.name}
get nodes -o jsonpath='{.items[*].status.addresses[?(@.type=="InternalIP")].address}'
get deploy web -n shop -o jsonpath={.spec.replicas}
get deploy/web svc/web -n shop -o jsonpath={.items[*].kind}
get deploy web -n shop -o jsonpath
get deploy web -n shop -o jsonpath=
get deploy web -n shop -o jsonpath --template={.kind}
get deploy web -n shop -o jsonpath={.kind
get deploy nope -n shop -o jsonpath={.kind}
get deploy nope -n shop --ignore-not-found -o jsonpath={.kind}
get pods -n vacant -o jsonpath={.items}
get pods -n vacant -o jsonpath={.items} --ignore-not-found
get pods -n vacant -o jsonpath={.kind}
get deploy -n shop -o custom-columns=N:.metadata.name,IMAGE:.spec.template.spec.containers[*].image
get deploy -n shop -o custom-columns=NAME:metadata.name,X:.nope,L:{.metadata.labels}
get deploy -n shop -o custom-columns=NAME:.metadata.name --no-headers
get deploy -n shop -o custom-columns=NAME:.metadata.name,R:.spec.replicas --sort-by=.spec.replicas
get deploy web -n shop -o custom-columns=N:.metadata.name,S:.spec.strategy
get deploy -n shop -o custom-columns
get deploy -n shop -o custom-columns=
get deploy -n shop -o custom-columns=NAME
get deploy -n shop -o custom-columns=NAME:
get deploy -n shop -o custom-columns=NAME:{.metadata.name
get pods -n vacant -o custom-columns=NAME:.metadata.name
get pods -n vacant -o custom-columns=NAME:.metadata.name --ignore-not-found
get deploy,svc -n shop -o custom-columns=KIND:.kind,NAME:.metadata.name
get deploy,svc -n shop -o custom-columns=KIND:.kind,NAME:.metadata.name --no-headers
get cm web-config -n shop -o jsonpath={.data}
get gd numbers -o custom-columns=NAME:.metadata.name,SPEC:.spec
get deploy -n shop -o custom-columns=A:.metadata.name,A:.kind,:.kind
get secret db-password -n shop -o jsonpath={.type}
get deploy -A -o jsonpath={.items[*].metadata.name}
get deploy web -n shop -o jsonpath={.metadata.managedFields}
get deploy web -n shop -o jsonpath={.metadata.managedFields[0].manager} --show-managed-fields
get deploy -n shop -o jsonpath={.items[*].metadata.name} --sort-by=.spec.replicas
get pods -n shop -o JSONPATH={.kind}
get cm nope nada -n shop -o custom-columns=A:.a
get cm nope nada -n shop -o custom-columns=A:.a --no-headers
get cm nope nada -n shop -o custom-columns=A:.a --ignore-not-found
get cm -n shop -l 'a b c' -o custom-columns=A:.a
get cm,svc -n shop -l 'a b c' -o custom-columns=A:.a
get cm nope -n shop -o custom-columns=A:.a[b]
get cm nope -n shop -o custom-columns=A:{.a
get deploy -n shop -o custom-columns=A:.a[0,1]
get cm -n oddities -o custom-columns=E:.metadata.labels.empty,N:.metadata.name
""",
}
