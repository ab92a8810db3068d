"""`create TYPE` and `expose`."""

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import ALONE, CONF, CRON, DB, JOB, PROXY, SVC, WEB

_CREATED = """
create ns TWIN-extra
create namespace TWIN-extra --dry-run=client
create namespace TWIN-extra --dry-run=server -o name
create namespace
create namespace Not_Valid
create namespace TWIN-extra ;; create namespace TWIN-extra
create deployment new --image=new:1
create deploy new --image=new:1 --replicas=0 --port=8080
create deployment new --image=new:1 --image=side:1
create deployment new --image=new:1 -- run --fast
create deployment new
create deployment web --image=web:1
create deployment new --image=new:1 --dry-run=client -o yaml
create deployment new --image=new:1 --dry-run=server
create deployment new --image=new:1 --replicas=-1
create cm new --from-literal=key=value --from-literal=other=thing
create configmap new --from-file=HERE/settings.ini
create configmap new --from-file=named=HERE/settings.ini
create configmap new --from-env-file=HERE/env
create configmap new
create configmap conf --from-literal=key=value
create configmap new --from-literal=key
create configmap new --from-literal=key=a --from-literal=key=b
create configmap new --from-literal='bad key=a'
create configmap new --from-literal=key=value --dry-run=client -o yaml
create configmap new --from-literal=key=value --append-hash -o name
create configmap new --from-file=HERE/nope
create secret generic new --from-literal=word=secret
create secret generic new --from-literal=word=secret --type=example.org/kind
create secret generic new --from-file=HERE/settings.ini
create secret generic new
create secret generic new --from-literal=word=secret --dry-run=server
create secret docker-registry new --docker-username=ada --docker-password=secret
create secret docker-registry new
create secret docker-registry new --docker-username=ada
create secret docker-registry new --from-file=HERE/nope
create secret tls new --cert=HERE/nope --key=HERE/nope
create secret tls new --cert=HERE/env --key=HERE/settings.ini
create secret tls new --cert=HERE/env
create secret tls new
create svc clusterip new --tcp=80:8080
create service clusterip new --tcp=80:8080 --tcp=443:8443
create service clusterip new --clusterip=None
create service clusterip new
create service clusterip front --tcp=80
create service nodeport new --tcp=80:8080
create service loadbalancer new --tcp=80:8080
create service nodeport new
create service loadbalancer new
create service externalname new --external-name=example.org
create service externalname new
create service clusterip new --tcp=nope
create sa new
create serviceaccount new --dry-run=client -o yaml
create serviceaccount default
create serviceaccount
create job new --image=new:1
create job new --image=new:1 -- run --fast
create job new --from=cronjob/nightly
create job new --from=cronjob/nope
create job new --from=deploy/web
create job new --from=cronjob/nightly --image=new:1
create job new
create job once --image=new:1
create cronjob new --image=new:1 --schedule='0 3 1 1 *'
create cj new --image=new:1 --schedule='0 3 1 1 *' --restart=Never -- run
create cronjob new --image=new:1
create cronjob new --image=new:1 --schedule=never
create cronjob nightly --image=new:1 --schedule='0 3 1 1 *'
create ingress new --rule=example.org/=front:80
create ing new --rule='example.org/path*=front:http,tls=cert' --class=other
create ingress new --default-backend=front:80 --annotation=a=b
create ingress new
create ingress new --rule=nope
create quota new --hard=cpu=1,pods=2
create quota new --hard=pods=2 --scopes=BestEffort
create quota new
create quota new --hard=cpu=lots
create pdb new --selector=app=web --min-available=1
create poddisruptionbudget new --selector=app=web --max-unavailable=50%
create pdb new --selector=app=web
create pdb new --min-available=1
create pdb new --selector=app=web --min-available=1 --max-unavailable=1
create pc TWIN-urgent --value=7 --description='very urgent'
create priorityclass TWIN-urgent --value=7 --preemption-policy=Never --dry-run=server
create priorityclass TWIN-urgent --value=7 --global-default --dry-run=client -o yaml
create role new --verb=get,list --resource=pods
create role new --verb=get --verb=watch --resource=deployments.apps,pods/log
create role new --verb=get --resource=pods --resource-name=one
create role new --verb=get
create role new --resource=pods
create role new --verb=get --resource=nopes
create rolebinding new --role=new --user=ada
create rolebinding new --clusterrole=view --group=team --serviceaccount=TWIN:default
create rolebinding new
create rolebinding new --role=a --clusterrole=b
create rolebinding new --role=a --serviceaccount=nope
create clusterrole TWIN-reader --verb=get,list --resource=pods,nodes
create clusterrole TWIN-reader --verb=get --non-resource-url=/healthz
create clusterrole TWIN-sum --aggregation-rule=team=TWIN
create clusterrole TWIN-reader --verb=get
create clusterrole TWIN-reader --verb=get --resource=pods --dry-run=server
create clusterrolebinding TWIN-binding --clusterrole=view --user=ada --group=team
create clusterrolebinding TWIN-binding
create clusterrolebinding TWIN-binding --clusterrole=view --serviceaccount=TWIN:default
create clusterrolebinding TWIN-binding --clusterrole=view --user=ada --dry-run=server
create
create deployment new other --image=new:1
"""
_EXPOSED = """
expose deploy/web --port=80
expose deploy web --port=80 --target-port=8080
expose deploy web --port=80 --target-port=http --name=other
expose deploy web --port=80,443
expose deploy web --port=80 --protocol=UDP
expose deploy web --port=80 --type=NodePort
expose deploy web --port=80 --type=LoadBalancer --session-affinity=ClientIP
expose deploy web --port=80 --selector=app=other
expose deploy web --port=80 --cluster-ip=None
expose deploy web
expose deploy web --port=http
expose deploy nope --port=80
expose pod proxy --port=80
expose svc front --name=other
expose rs alone --port=80
expose sts db --port=80
expose cm conf --port=80
expose deploy web --port=80 --dry-run=client -o yaml
expose deploy web --port=80 --dry-run=server
expose deploy web --port=80 --type=Nope
expose deploy web --port=80 ;; expose deploy web --port=80
"""
_FILES = {"settings.ini": "[one]\nkey = value\n", "env": "# settings\nKEY=value\nOTHER=two words\n"}
_ALLOWED = """
create deployment new --image=new:1 --replicas=0
create cm new --from-literal=key=value
create service clusterip new --tcp=80:8080
create service externalname new --external-name=example.org
create service loadbalancer new --tcp=80:8080
create service nodeport new --tcp=80:8080
create sa new
create job new --from=cronjob/nightly
create cronjob new --image=new:1 --schedule='0 3 1 1 *'
create ingress new --rule=example.org/=front:80
create quota new --hard=cpu=1,pods=2
create pdb new --selector=app=web --min-available=1
expose deploy/web --port=80
"""
_OUTSIDE = "create priorityclass TWIN-urgent --value=7"
# What the bot touches for nobody, and secrets that would stand in a channel.
_NEVER = """
create ns TWIN-extra
create secret generic new --from-literal=word=secret
create secret docker-registry new --docker-username=ada --docker-password=secret
create role new --verb=get --resource=pods
create rolebinding new --role=new --user=ada
create clusterrole TWIN-reader --verb=get --resource=pods
create clusterrolebinding TWIN-binding --clusterrole=view --user=ada
"""
_THERE = CONF + CRON + JOB + SVC + WEB
GROUPS = (
    Group(_CREATED, choice=_THERE, files=_FILES),
    Group(_EXPOSED, choice=ALONE + CONF + DB + PROXY + SVC + WEB),
    Group("expose --port=80"),
    Group("create deployment new --image=new:1 --dry-run=client -o json", difference="field-order"),
    *(
        Group(_ALLOWED, choice=CRON + WEB, who=who)
        for who in (Who.OPERATOR, Who.READER, Who.STRANGER)
    ),
    Group(_OUTSIDE, who=Who.OPERATOR),
    *(Group(_OUTSIDE, who=who, difference="asked-first") for who in (Who.READER, Who.STRANGER)),
    Group("create secret tls new --cert=nope --key=nope", who=Who.READER),
    Group(_NEVER, who=Who.READER, difference="policy-first"),
)
