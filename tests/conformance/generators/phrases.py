"""What is typed to both, without a cluster: each phrase needs nothing but kubectl's own rules."""

FILES = {
    "app.conf": b"color = blue\nshape = round\n",
    "empty.txt": b"",
    "logo.bin": b"\xff\xfe\x00\x01",
    "app.env": b"# settings\n\nCOLOR=blue\n  SHAPE=a = b \nEMPTY=\r\nDOTTED.NAME-1=x",
    "bom.env": b"\xef\xbb\xbfA=1\nB=\xc3\xa9\n",
    "bad.env": b"A=1\nbad key=2\n",
    "twice.env": b"A=1\nA=2\n",
    "digit.env": b"1A=1\n",
    "half.env": b"A=1\nTZ\n",
    "latin.env": b"A=\xe9\n",
    "config.json": b'{"auths": {}}',
}
"""The files that stand beside whoever types."""

PHRASES = """
create namespace shop
create ns shop
create namespace shop --dry-run=client -o name
create namespace A_b
create namespace shop --save-config
create namespace
create namespace a b
create namespace ''
create namespace a -- b
create namespace -- a
create namespace a --validate=false
create namespace a --validate
create namespace a --validate=maybe
create namespace a -o wide
create namespace a -o nope
create namespace a -n other
create serviceaccount robot
create sa robot -n shop
create sa ''
create sa robot --save-config -n shop
create deployment web --image=nginx
create deploy web --image=nginx -n shop
create deployment web --image=registry.example.org:5000/team/app:1.2@sha256:00 --replicas=3
create deployment web --image=a --image=b,c
create deployment web --image=a,b -- run
create deployment web --image=a --port=8080 -r 2 -- run --fast 'two words'
create deployment web --image=a --port=0
create deployment web --image=a --port=-5
create deployment web --image=a --replicas=-1
create deployment web --image=a --replicas=99999999999
create deployment web --image=a --port=x
create deployment web --image=
create deployment '' --image=a
create deployment web
create deployment --image=a
create deployment web extra --image=a
create deployment web --image=a --save-config -n shop -- run '<&>'
create deployment web --image=a/b/c
create deployment web --image=:1
create job once --image=busybox
create job once --image=busybox -n shop -- date -u
create job once
create job once --image=a --from=cronjob/b
create job once --from=cronjob/b -- date
create job once --image=a --save-config
create cronjob nightly --image=busybox --schedule='0 3 * * *'
create cj nightly --image=busybox --schedule=@daily --restart=Never -n shop -- date
create cronjob nightly --image=busybox
create cronjob nightly --schedule=x
create cronjob nightly
create cronjob nightly --image= --schedule=
create cronjob nightly --image=a --schedule=x --save-config
create configmap settings
create cm settings --from-literal=a=b
create cm settings --from-literal=b=2 --from-literal=a=1 --from-literal=k10=x --from-literal=k9=y
create cm settings --from-literal=a=
create cm settings --from-literal=a==
create cm settings --from-literal=a
create cm settings --from-literal==a
create cm settings --from-literal=a=1 --from-literal=a=2
create cm settings --from-literal='a b=1'
create cm settings --from-literal=..=1
create cm settings --from-literal=.=1
create cm settings --from-literal=..a=1
create cm settings --from-literal=a='two words, and more'
create cm settings --from-literal=a=true --from-literal=b=1.0 --from-literal=c=null
create cm settings --from-literal=é=1
create cm settings --from-file=app.conf
create cm settings --from-file=./app.conf -n shop
create cm settings --from-file=k=app.conf --from-file=logo.bin --from-literal=z=1
create cm settings --from-file=app.conf,empty.txt
create cm settings --from-file=app.conf --from-literal=app.conf=1
create cm settings --from-file=logo.bin --from-literal=logo.bin=1
create cm settings --from-file=nope.txt
create cm settings --from-file=a=b=c
create cm settings --from-file==app.conf
create cm settings --from-file=a=
create cm settings --from-env-file=app.env
create cm settings --from-env-file=bom.env --append-hash
create cm settings --from-env-file=bad.env
create cm settings --from-env-file=twice.env
create cm settings --from-env-file=digit.env
create cm settings --from-env-file=nope.env
create cm settings --from-env-file=half.env
create secret generic db --from-env-file=latin.env
create cm settings --from-env-file=app.env --from-literal=a=b
create cm settings --from-env-file=app.env,bom.env
create cm settings --append-hash
create cm settings --append-hash --from-literal='a=<é&' --from-file=k=logo.bin
create cm ''
create cm settings --save-config --from-literal=b='<é&>' --from-literal=a=1 -n shop
create secret generic db
create secret generic db --from-literal=a=b --type=example.org/login
create secret generic db --from-literal=a=b --from-file=app.conf --from-file=k=logo.bin
create secret generic db --from-literal=a=1 --from-literal=a=2
create secret generic db --from-literal='a b=1'
create secret generic db --from-literal=a
create secret generic db --from-env-file=app.env -n shop
create secret generic db --from-env-file=bad.env
create secret generic db --from-env-file=twice.env
create secret generic db --from-env-file=app.env --from-literal=a=b
create secret generic db --from-file=nope.txt
create secret generic db --append-hash --from-literal='a=<é&' --from-file=k=logo.bin
create secret generic db --append-hash
create secret generic ''
create secret tls cert
create secret tls cert --cert=app.conf
create secret tls cert --cert=app.conf --key=nope.key
create secret tls cert --cert=app.conf --key=app.conf
create secret docker-registry pull
create secret docker-registry pull --docker-username=u
create secret docker-registry pull --docker-username=u --docker-password=p
create secret docker-registry pull --docker-username=u --docker-password='p<&>"é' \
 --docker-email=e --docker-server=s --append-hash
create secret docker-registry pull --docker-username=u --docker-password=p --docker-server=
create secret docker-registry pull --from-file=config.json -n shop
create secret docker-registry pull --from-file=k=config.json
create secret docker-registry pull --from-file=config.json,app.conf
create secret docker-registry ''
create service clusterip web --tcp=80
create svc clusterip web --tcp=80:8080 --tcp=443:https,90 -n shop
create service clusterip web --clusterip=None
create service clusterip web --clusterip=None --tcp=80
create service clusterip web --clusterip=10.0.0.7 --tcp=80
create service clusterip web
create service clusterip web --tcp=abc
create service clusterip web --tcp=99999
create service clusterip web --tcp=-1
create service clusterip web --tcp=0
create service clusterip web --tcp=0:0
create service clusterip web --tcp=80:70000
create service clusterip web --tcp=80:
create service clusterip web --tcp=80:-bad-
create service clusterip web --tcp=80:UPPER
create service clusterip web --tcp=80:averyveryverylongname
create service clusterip web --tcp=80:a--b
create service clusterip web --tcp=80:123-4
create service clusterip web --tcp=80:+5
create service clusterip web --tcp=80:http:99
create service clusterip web --tcp=007
create service clusterip '' --tcp=80
create service externalname db --external-name=a --save-config
create service nodeport web --tcp=80 --node-port=30080
create service nodeport web --tcp=80
create service nodeport web
create service nodeport web --tcp=80 --node-port=x
create service loadbalancer web --tcp=80:8080
create service loadbalancer web
create service externalname db --external-name=db.example.org
create service externalname db --external-name=db.example.org --tcp=5432
create service externalname db --external-name=_db
create service externalname db --external-name=''
create service externalname db
create ingress web
create ingress web --rule=shop.example.org/=web:80
create ing web --rule=shop.example.org/cart*=cart:http,tls=cert -n shop
create ingress web --rule=a.b/=s:1,tls --rule=a.b/x=s:1,tls=q --rule=c.d/=s:http,tls=q
create ingress web --rule=a.b/=s:1,tls=q --rule=c.d/=s:http,tls=q --rule=/*=s:1,tls=q
create ingress web --rule=/*=s:1,tls
create ingress web --rule=a.b/c=s:1,xtls
create ingress web --rule=a.b/c=s:1,tls,more
create ingress web --rule=a.b/c=s:1:2
create ingress web --rule=a/b=s:080
create ingress web --rule=a/b=s:99999999999
create ingress web --rule=a/b=s:1a
create ingress web --rule=a
create ingress web --rule=a/b=s
create ingress web --rule='a b/c=s:1'
create ingress web --rule='*.example.org/é*x*=s:1' --annotation a=b=c --annotation a=d
create ingress web --default-backend=a:80 --class=outside
create ingress web --default-backend=a:http --rule=a/=b:1
create ingress web --default-backend=a
create ingress web --default-backend=a:b:c
create ingress web --default-backend=a:
create ingress web --rule=a/=b:1 --annotation=x
create ingress web --rule=a/=b:1 --save-config --annotation b=1 --annotation a=2
create quota small
create quota small --hard=pods=10,cpu=1.5,memory=0.5Gi --scopes=BestEffort,NotTerminating -n shop
create resourcequota small --hard=cpu=1000m
create quota small --hard=cpu
create quota small --hard=cpu=1=2
create quota small --hard=cpu=x
create quota small --hard=cpu=
create quota small --hard=,
create quota small --hard=cpu=1,cpu=2
create quota small --scopes=a,,b
create quota ''
create quota small --hard=pods=10 --save-config
create poddisruptionbudget web --selector=app=web --min-available=2
create pdb web --selector=app=web,tier=front --max-unavailable=25% -n shop
create pdb web --selector='app in (web,api),!legacy' --min-available=1
create pdb web --selector=app!=web --min-available=1
create pdb web --selector='app>1' --min-available=1
create pdb web --selector=app=, --min-available=1
create pdb web --selector==a --min-available=1
create pdb web --selector='a b' --min-available=1
create pdb web --selector=a_-=b --min-available=1
create pdb web --selector=a=-b --min-available=1
create pdb web --min-available=1
create pdb web --selector=app=web
create pdb web --selector=app=web --min-available=1 --max-unavailable=1
create pdb web --selector=app=web --min-available=1Gi
create pdb web --selector=app=web --max-unavailable=-1
create pdb web --selector=app=web --max-unavailable=99999999999
create pdb web --selector=app=web --max-unavailable=010
create pdb ''
create pdb web --selector=app=web --min-available=50% --save-config
create priorityclass urgent
create pc urgent --value=1000 --global-default --description='goes first'
create priorityclass urgent --value=0x10 --preemption-policy=Never
create priorityclass urgent --value=99999999999
create priorityclass urgent --value=-5 --save-config
create priorityclass urgent --preemption-policy=''
create rolebinding readers --role=reader --user=ada --user=vic,eve --group=ops -n shop
create rolebinding readers --clusterrole=view --serviceaccount=shop:web
create rolebinding readers --role=reader
create rolebinding readers
create rolebinding readers --role=a --clusterrole=b
create rolebinding readers --role=a --serviceaccount=web
create rolebinding readers --role=a --serviceaccount=:web
create rolebinding '' --role=a
create rolebinding readers --role=a --user=ada --save-config
create clusterrolebinding readers --clusterrole=view --user=ada --group=ops
create clusterrolebinding readers --clusterrole=view --serviceaccount=a:b:c
create clusterrolebinding readers
create clusterrolebinding readers --clusterrole=view --save-config
create clusterrole metrics --verb=get --non-resource-url=/metrics
create clusterrole metrics --verb=get,get,post --non-resource-url=/a,/a,/b* --non-resource-url='*'
create clusterrole metrics --verb='*' --verb=get --non-resource-url=/a
create clusterrole metrics --verb=watch --non-resource-url=/a
create clusterrole metrics --verb=get --non-resource-url=a
create clusterrole metrics --verb=get --non-resource-url='/a*b'
create clusterrole metrics
create clusterrole metrics --verb=get
create clusterrole ''
create clusterrole all --aggregation-rule=a=b,c=d --aggregation-rule=e=f=g
create clusterrole all --aggregation-rule=a
create clusterrole all --aggregation-rule=
create clusterrole all --aggregation-rule=a=b --verb=get
create clusterrole all --aggregation-rule='b = 1 , a=2' --save-config
create role reader
create role reader --verb=get
create role reader --verb=get,frob
"""


def phrases() -> list[str]:
    """Return the phrases, each once."""
    lines = PHRASES.replace("\\\n", "").strip("\n").split("\n")
    return list(dict.fromkeys(lines))


def words_about(phrase: str) -> str:
    """Return the phrase with what makes kubectl answer by itself."""
    if "--dry-run" in phrase:
        return phrase
    head, dash, tail = phrase.partition(" -- ")
    shown = "" if " -o " in head else " -o yaml"
    return f"{head} --dry-run=client{shown}{dash}{tail}"
