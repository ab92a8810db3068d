"""Phrases of describe, top, events, explain and the other reading verbs, in groups, one a line."""

from collections.abc import Mapping

GROUPS: Mapping[str, str] = {
    "descriptions": """
describe
describe cm web-config -n shop
describe cm -n shop
describe secret db-password -n shop
describe secrets -n shop
describe wd -n shop
describe wd large -n shop
describe wd la -n shop
describe cm web -n shop
describe cm nope -n shop
describe cm/nope -n shop
describe cm web-config nope -n shop
describe crd widgets.example.org
describe cm -n vacant
describe nope
describe cm -A -l x=y
describe cm -l x=y -n shop
describe cm web-config -n shop --show-events=false
describe cm web-config -n shop --show-events
describe wd -n shop --show-events
describe flowschema exempt
describe controllerrevision -n shop
describe cm/web-config secret/db-password -n shop
describe prioritylevelconfiguration exempt
describe validatingadmissionpolicy
describe pods -n shop
describe pod db-0 -n shop
describe pods -n shop --show-events
describe deploy -n shop
describe deploy web -n shop
describe deploy broken -n shop
describe rs -n shop
describe rs -n shop --show-events
describe sts db -n shop
describe ds agent -n shop
describe job migrate -n shop
describe cj report -n shop
describe pod homeless -n prod
describe deploy -A
describe pod crash -n shop
describe pv
describe pvc -n shop
describe deploy/web pod/db-0 -n shop
describe pods -A
describe rs web -n shop
describe svc -n shop
describe svc web -n shop
describe ing web -n shop
describe endpointslices -n shop
describe ep -n shop
describe node node-a
describe ns shop
describe clusterroles
describe roles -n kube-system
describe rolebindings -n kube-system
describe rolebindings -n shop
describe sa -n shop
describe sa web -n shop
describe pdb -n shop
describe priorityclasses
describe deploy nope -n shop
describe ds,sts -n shop
describe pods -n oddities
describe deploy,sts,ds,rc -n oddities
describe rs -n oddities
describe pvc -n oddities
describe netpol -n oddities
describe quota -n oddities
describe hpa -n oddities
describe cm hostile -n oddities
describe secret hostile -n oddities
describe svc lonely -n oddities
describe sa,role,rolebinding -n oddities
describe gd
describe gd wide-glyphs
describe crd gadgets.oddities.example.org
describe ns vacant
describe ns oddities
describe pod plain --context nobody
describe pods -A -l app=web
describe flowschemas
describe validatingadmissionpolicies
describe csr
describe priorityclass system-node-critical
describe pod/plain sts/canary -n oddities
describe pod pl -n oddities
describe pod plain -n oddities --show-events=false
describe pod probed -n oddities
describe cm,secret nope -n oddities
describe cm,secret hosti -n oddities
describe cm,secret hostile -n oddities
describe cm,deploy hostile -n oddities
describe cm,sa hosti -n oddities
describe cm,cm hosti -n oddities
describe cm/hostile cm/nope -n oddities
describe cm/nope cm/hostile -n oddities
describe cm/nope secret/hostile sa/nope -n oddities
describe housework dishes -n oddities
describe housework di -n oddities
describe housework nope -n oddities
describe servicecidr
describe servicecidr kubernetes
describe ipaddresses
describe cm -R -n shop
describe -f tests/conformance/kubectl/manifests/there.yaml
describe -f tests/conformance/kubectl/manifests/there.yaml -n ops
describe -f tests/conformance/kubectl/manifests/there.yaml -l a=b
describe -f tests/conformance/kubectl/manifests/there.yaml cm
describe -f tests/conformance/kubectl/manifests/there.yaml --show-events=false
describe -f tests/conformance/kubectl/manifests/list.yaml
describe -f tests/conformance/kubectl/manifests/settings.yaml -n shop -l part=network
describe -f tests/conformance/kubectl/manifests/no-name.yaml
describe -f tests/conformance/kubectl/manifests/nothing.yaml
describe -f tests/conformance/kubectl/manifests/more
describe -f nope.yaml
""",
    "use, events and types": """
top node
top nodes
top node node-a
top node nope
top node a b
top node --sort-by=cpu
top node --sort-by=memory --no-headers
top node --sort-by=x
top node --show-capacity
top node --show-swap
top node -l kubernetes.io/hostname=node-a
top node -l x=y
top node node-a -l x=y
top pod -n shop
top pods -n shop --containers
top pod -n shop --sum
top pod -n shop --sum --containers
top pod -n shop -l app=web
top pod -n shop -l app=web --sum
top pod -n shop -l app=web --sum --no-headers
top pod db-0 -n shop
top pod nope -n shop
top pod db-0 -n shop --containers
top pod db-0 -n shop -l x=y
top pod -n vacant
top pod -n shop --field-selector=metadata.name=db-0
top pod -n shop -l x=y
top pod -n shop -l =
top pod -n shop -l 'app in x'
top pod -n shop -l app=_
top pod -n shop --field-selector=nope=x
top pod -n shop --field-selector=nope
top pod -n shop --field-selector=a,b
top node -l =
top node -l 'a in'
events -n vacant
events -n oddities --for pod/plain -o jsonpath='{range .items[*]}{.reason}{"\\t"}{.count}{end}'
events -n shop --for pod/db-0 -o jsonpath='{.items[0].reason}{"\\t\\t"}'
events -n shop --for pod/db-0 -o jsonpath='{"a\\tb\\t\\nlonger\\t\\tc\\n"}'
events -n vacant --for pod/
events -n shop --for /x
events -n shop --for /
events -n shop --for pod/db-0
events -n shop --for nope/x
events -n shop --for pod
events -n shop --for a/b/c
events -n shop --types=x
events -n shop --for pod/db-0 -o yaml
events -n shop --for pod/db-0 -o jsonpath={.items[*].reason}
events -n shop -o wide
events -n shop -o nope
events -A --for pod/db-0
api-resources
api-resources -o wide
api-resources -o name
api-resources -o nope
api-resources --namespaced=false
api-resources --namespaced
api-resources --api-group=apps
api-resources --api-group=
api-resources --api-group=nope
api-resources --verbs=list,get
api-resources --categories=all
api-resources --sort-by=name
api-resources --sort-by=kind --no-headers
api-resources --sort-by=x
api-resources x
api-versions
api-versions x
auth whoami
auth whoami -o jsonpath={.status.userInfo.username}
auth can-i get pods
auth can-i get pods -n shop
auth can-i get nodes
auth can-i get nodes -A
auth can-i frob pods
auth can-i get nope
auth can-i get nope.apps
auth can-i get users
auth can-i '*' '*'
auth can-i get /healthz
auth can-i frob /healthz
auth can-i get pods/x -n shop
auth can-i get pods --subresource=log
auth can-i get /x --subresource=log
auth can-i get
auth can-i
auth can-i --list
auth can-i --list -n shop
auth can-i --list --no-headers
auth can-i --list x
auth can-i --list -q
auth can-i get pods --no-headers
auth can-i get pods -q
auth can-i get deploy
auth can-i list deployments.v1.apps
""",
    "histories and waiting": """
rollout history deploy/web -n shop
rollout history deploy -n shop
rollout history deploy/web -n shop --revision=1
rollout history deploy/web -n shop --revision=9
rollout history deploy/cart -n shop --revision=1
rollout history sts/db -n shop
rollout history sts/db -n shop --revision=1
rollout history ds/agent -n shop
rollout history ds/agent -n shop --revision=1
rollout history ds,sts,deploy -n shop
rollout history pod/db-0 -n shop
rollout history deploy/nope -n shop
rollout history deploy/web deploy/nope -n shop
rollout history deploy/web -n shop --revision=-1
rollout history
rollout history deploy -n vacant
rollout history deploy/web -n shop -o yaml
rollout history deploy/web -n shop -o yaml --revision=1
rollout history deploy/web -n shop -o name
rollout history deploy/web -n shop -o jsonpath={.metadata.name}
rollout history deploy -l app=web -n shop
wait --for=condition=Available deploy/web -n shop
wait --for=condition deploy/web -n shop
wait --for=delete -n shop
wait --for=condition=Available deploy web nope cart -n shop
wait --for=jsonpath={.kind} cm/nope deploy/web cm/nada -n shop -o name
wait --for=jsonpath={.kind} deploy/web -n shop -o yaml
wait --for=jsonpath={.kind} deploy/web -n shop -o json
wait --for=jsonpath={.kind} deploy/web -n shop -o jsonpath={.metadata.managedFields[0].manager}
wait --for=condition=available deploy/web -n shop
wait --for=condition=Available=false deploy/broken -n shop
wait --for=condition=Available deploy/broken -n shop --timeout=1s
wait --for=condition=Available deploy/broken -n shop --timeout=0
wait --for=condition=Ready pod -l app=web -n shop
wait --for=condition=Ready pod/nope -n shop
wait --for=condition=Ready pod -n shop
wait --for=condition=Ready pod -l x=y -n shop
wait --for=jsonpath='{.status.readyReplicas}'=2 sts/db -n shop
wait --for=jsonpath='{.status.readyReplicas}' sts/db -n shop
wait --for=jsonpath='{.status.readyReplicas}'=3 sts/db -n shop --timeout=1s
wait --for=jsonpath='{.status.conditions[?(@.type=="Available")].status}'=True deploy/web -n shop
wait --for=jsonpath='{.spec.containers[*].name}'=x pod/db-0 -n shop --timeout=1s
wait --for=jsonpath='{.spec}'=x pod/db-0 -n shop --timeout=1s
wait --for=jsonpath= pod/db-0 -n shop
wait --for=jsonpath='{.a'=x pod/db-0 -n shop
wait --for=jsonpath='{.a}'= pod/db-0 -n shop
wait --for=jsonpath='{.a}'=b=c pod/db-0 -n shop
wait --for=delete pod/nope -n shop
wait --for=delete pod/db-0 -n shop --timeout=0
wait --for=create pod/db-0 -n shop
wait --for=create pod/nope -n shop --timeout=1s
wait --for=create --for=condition=Ready pod/db-0 -n shop
wait --for=nope pod/db-0 -n shop
wait pod/db-0 -n shop
wait
wait --for=condition=Ready pod --all -n shop --timeout=1s
wait --for=condition=Ready node --all
wait --for=condition=Ready pod/db-0 -n shop -o name
wait --for=condition=Ready pod/db-0 pod/db-1 -n shop
wait --for=condition=Ready pod/db-0 -n shop -o jsonpath={.status.phase}
""",
    "explanations": """
explain pod
explain pods
explain pod.spec
explain pod.spec.containers
explain pod.spec.containers.ports
explain pod.spec.containers.image
explain pod.spec.restartPolicy
explain pod.spec.nope
explain pod.nope.x
explain pod.metadata.labels
explain deploy
explain deploy.spec.strategy
explain deployments.apps
explain deployments.apps.spec.strategy.rollingUpdate
explain cm --recursive
explain pod --recursive
explain deploy --recursive --max-depth=2
explain pod --max-depth=2
explain pod --recursive --max-depth=-1
explain crd
explain crd --recursive
explain crd.spec.versions.schema.openAPIV3Schema
explain widgets.example.org
explain widgets.example.org.spec
explain widgets.example.org.spec.size
explain svc
explain node.status
explain ingress.spec.rules
explain job
explain job.spec
explain networkpolicy.spec.ingress
explain hpa
explain hpa --api-version=autoscaling/v1
explain hpa.spec --api-version=autoscaling/v2
explain hpa --api-version=autoscaling/v9
explain deploy --api-version=v1
explain deploy --api-version=/v1
explain deploy --api-version=batch/v1
explain deploy --api-version=apps
explain deploy --api-version=a/b/c
explain .
explain ''
explain ' '
explain nope
explain nope.spec
explain
explain a b
explain pod -o x
explain pod.spec.containers[0]
explain pod.
explain secret.data
explain event
explain role
explain pod.spec.volumes
explain statefulset.spec.updateStrategy.rollingUpdate
explain lease.spec
explain apiservice
explain validatingadmissionpolicy
explain pv.spec
explain cronjob.spec.jobTemplate.spec.template.spec.containers.env.valueFrom
""",
    "contexts": """
config get-contexts
config get-contexts -o name
config get-contexts -o wide
config get-contexts -o Name
config get-contexts --no-headers
config get-contexts --no-headers -o name
config get-contexts nope
config get-contexts nope nada
config get-contexts shop
config get-contexts shop nope reader
config get-contexts reader shop reader
config get-contexts shop --no-headers
config get-contexts --context shop
config get-contexts -n shop
config get-contexts --bogus
config current-context
config current-context extra
config current-context -o name
config current-context --context closed
config nope
""",
}
