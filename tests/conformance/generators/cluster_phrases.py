"""What is typed to both on a cluster: it knows the types and the objects that are named."""

SHOWN = """
create role reader --verb=get --resource=pods
create role reader --verb=get,list,get --resource=pods,deploy,rs.apps,svc --resource-name=a -n shop
create role reader --verb=get --resource=pods/log,deployments/scale --resource-name=b \
 --resource-name=b
create role reader --verb='*' --verb=get --resource='*'
create role reader --verb=get --resource='*.apps'
create role reader --verb=get --resource='*',nonsense
create role reader --verb=get --resource=nonsense
create role reader --verb=get --resource=pods.apps
create role reader --verb=get --resource=.apps
create role reader --verb=get --resource=/log
create role reader --verb=frob --resource=pods
create role reader --verb=frob --resource=nonsense
create role reader --verb=bind --resource=pods
create role reader --verb=bind --resource=roles.rbac.authorization.k8s.io
create role reader --verb=impersonate --resource=users,groups,serviceaccounts
create role reader --verb=impersonate,get --resource=users
create role reader --verb=use --resource=podsecuritypolicies.policy
create role reader --verb=get --resource=pods --save-config -n shop
create role reader --verb=get --resource=PODS
create clusterrole reader --verb=get --resource=nodes,ns --non-resource-url=/metrics
create clusterrole reader --verb=watch --resource=nodes --non-resource-url=/metrics
create clusterrole reader --verb=get --resource=nonsense
create clusterrole reader --verb=frob --resource=nodes
create clusterrole reader --verb=get --resource=nodes.v1
create job now --from=cronjob/report -n exposed
create job now --from=cj/bare -n exposed
create job now --from=cronjob/report -n exposed --save-config
create job now --from=cronjob/nope -n exposed
create job now --from=deploy/plain -n exposed
create job now --from=svc/there -n exposed
create job now --from=cronjob -n exposed
create job now --from=nonsense/x -n exposed
create job now --from=cronjob/a/b -n exposed
expose deploy/plain -n exposed
expose deployment plain --port=80 --target-port=http --name=other -n exposed
expose deploy/plain --protocol=UDP --type=NodePort --session-affinity=ClientIP -n exposed
expose deploy/plain --external-ip=10.0.0.9 --cluster-ip=10.0.0.8 -n exposed
expose deploy/plain --type=LoadBalancer --load-balancer-ip=10.0.0.7 -n exposed
expose deploy/plain --load-balancer-ip=10.0.0.7 -n exposed
expose deploy/plain -l a=b,c=d --selector=x=y -n exposed
expose deploy/plain -l a -n exposed
expose deploy/plain --selector='a!=b' -n exposed
expose deploy/plain --selector='=b' -n exposed
expose deploy/plain --port=x -n exposed
expose deploy/plain --port=80,81 -n exposed
expose deploy/plain --target-port=080 -n exposed
expose deploy/plain --session-affinity=x -n exposed
expose deploy/plain --cluster-ip=None --save-config -n exposed
expose deploy/portless -n exposed
expose deploy/portless --cluster-ip=None -n exposed
expose deploy/portless --port=0 -n exposed
expose rs/several -n exposed
expose rs/several --protocol=TCP -n exposed
expose rs/several --port=53 -n exposed
expose rs/several --target-port=9 -n exposed
expose rs/both -n exposed
expose rs/both --port=53 -n exposed
expose deploy/expressions --port=80 -n exposed
expose deploy/only-expressions --port=80 -n exposed
expose deploy/only-expressions --port=80 --selector=a=b -n exposed
expose rc/old -n exposed
expose pod bare --port=80 -n exposed
expose pod labelled -n exposed
expose pod labelled --port=80 --target-port=http -n exposed
expose svc/there --name=again -n exposed
expose svc/blind --name=again -n exposed
expose deploy/a-name-that-is-longer-than-the-sixty-three-characters-of-a-service --port=1 -n exposed
expose sts/db --port=80 -n shop
expose node/node-1 --port=80
expose deploy/nope --port=80 -n exposed
expose deploy -n exposed
expose nonsense/x
expose deploy/plain --dry-run=what -n exposed
expose deploy/plain -o nope -n exposed
"""

# For real, one after the other; what was made is looked at and deleted at the end.
DONE = """
create namespace made
create namespace made
create namespace other --dry-run=server
create serviceaccount robot -n made
create serviceaccount robot -n made
create deployment web --image=none --replicas=0 --port=80 -n made
create deployment web --image=none -n made
create deployment Bad_Name --image=none -n made
create deployment more --image=none -n nowhere
create deployment more --image=none --replicas=0 -n made -o name
create deployment trial --image=none -n made --dry-run=server
create job once --image=none -n made
create job once --image=none -n made
create cronjob nightly --image=none --schedule='0 3 * * *' -n made
create cronjob broken --image=none --schedule='x' -n made
create configmap settings --from-literal=a=b -n made
create configmap settings -n made
create secret generic db --from-literal=a=b -n made
create secret generic db -n made
create secret docker-registry pull --docker-username=u --docker-password=p -n made
create service clusterip web --tcp=80:8080 -n made
create service clusterip web --tcp=80:8080 -n made
create service nodeport outside --tcp=80 -n made
create service nodeport broken --tcp=80 --node-port=1 -n made
create service loadbalancer public --tcp=80 -n made
create service externalname db --external-name=db.example.org -n made
create service externalname db --external-name=db.example.org -n made
create ingress web --rule=shop.example.org/*=web:80,tls=cert -n made
create ingress web --rule=shop.example.org/*=web:80 -n made
create quota small --hard=pods=100,requests.memory=64Gi -n made
create quota small -n made
create poddisruptionbudget web --selector=app=web --min-available=50% -n made
create poddisruptionbudget web --selector=app=web --min-available=50% -n made
create priorityclass made --value=10
create priorityclass made --value=10
create role reader --verb=get,list --resource=pods -n made
create role reader --verb=get,list --resource=pods -n made
create rolebinding readers --role=reader --user=ada -n made
create rolebinding readers --role=reader --user=ada -n made
create clusterrole made --verb=get --resource=pods
create clusterrole made --verb=get --resource=pods
create clusterrolebinding made --clusterrole=made --user=ada
create clusterrolebinding made --clusterrole=made --user=ada
expose deploy/web --name=exposed -n made
expose deploy/web --name=exposed -n made
expose deploy/web --name=trial -n made --dry-run=server
"""


def lines(table: str) -> list[str]:
    """Return the phrases of a table."""
    return table.replace("\\\n", "").strip("\n").split("\n")
