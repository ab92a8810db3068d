"""`set image` and `set env`."""

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import (
    AGENT,
    ALONE,
    API,
    CONF,
    CRED,
    CRON,
    DB,
    JOB,
    PROXY,
    WEB,
)

_IMAGES = """
set image deploy/web web=web:2
set image deploy/web web=web:2 side=side:2
set image deploy/web *=all:2
set image deploy/web web=web:1
set image deploy/web nope=web:2
set image deploy/web
set image deploy/web web=
set image deploy/nope web=web:2
set image deploy web api side=side:2
set image deploy/web sts/db side=side:2
set image deploy,sts --all side=side:2
set image deploy -l app=web web=web:2
set image sts/db db=db:2
set image ds/agent agent=agent:2
set image cronjob/nightly main=nightly:2
set image job/once main=once:2
set image pod/proxy main=proxy:2
set image cm/conf main=main:2
set image deploy/web web=web:2 --dry-run=client
set image deploy/web web=web:2 --dry-run=server
set image deploy/web web=web:2 -o yaml
set image deploy/web web=web:2 -o yaml --dry-run=client
set image deploy/web web=web:2 --field-manager=me
set image deploy/web web=web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
set image deploy/web web=web:2 ;; set image deploy/web web=web:2
"""
_ENVIRONMENT = """
set env deploy/web LEVEL=info
set env deploy web MODE=fast LEVEL=info
set env deploy/web LEVEL-
set env deploy/web NOPE-
set env deploy/web LEVEL=debug
set env deploy/web -c side LEVEL=info
set env deploy/web -c 'w*' LEVEL=info
set env deploy/web --list
set env deploy/web --from=configmap/conf --keys=level
set env deploy/web --from=configmap/nope
set env deploy/web --overwrite=false LEVEL=info
set env deploy/web
set env deploy/nope MODE=fast
set env deploy --all MODE=fast
set env deploy web api MODE=fast
set env sts/db MODE=fast
set env ds/agent MODE=fast
set env cronjob/nightly MODE=fast
set env pod/proxy MODE=fast
set env deploy/web MODE=fast --dry-run=client
set env deploy/web MODE=fast --dry-run=server
set env deploy/web MODE=fast -o yaml --dry-run=client
set env deploy/web 1MODE=fast
set env deploy/web MODE=fast MODE-
set env deploy/web -e MODE=fast
set env deploy/web MODE='two words'
set env deploy/web MODE=fast ;; set env deploy/web MODE-
"""
_FROM = """
set env deploy/web --from=configmap/conf
set env deploy/web --from=configmap/conf --prefix=APP_
set env deploy/web --from=secret/cred
"""
_WORKLOADS = WEB + API + DB + AGENT + ALONE + CONF
_BOTH = "set image deploy/web web=web:2\nset env deploy/web MODE=fast"
GROUPS = (
    Group(_IMAGES, choice=_WORKLOADS + CRON + JOB + PROXY),
    Group(_ENVIRONMENT, choice=_WORKLOADS + CRED + CRON + PROXY),
    Group("set image web=web:2"),
    Group("set env MODE=fast"),
    Group("set image deploy/web web=web:2 nope=nope:2", WEB, difference="whole-plans"),
    Group(_FROM, choice=CONF + CRED + WEB, difference="map-order"),
    *(Group(_BOTH, WEB, who=who) for who in (Who.OPERATOR, Who.READER, Who.STRANGER)),
)
