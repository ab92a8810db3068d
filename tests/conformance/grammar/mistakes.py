"""The phrases that cannot be read: in kubectl's words, or in ours for a reason."""

# Refused by us and by kubectl, in the same words.
REFUSED_ALIKE = """
get pods --bogus
get pods --bogus=1
get pods --bogus web
get --bogus pods
get --sort_byy=x pods
get pods --tail=5
get pods -x
get pods -xA
get pods -Ax
get pods -A5
get pods -AnA -5
get pods -o=wide -z
get pods -A=
get pods --=x
get pods ---x
get pods --=
get pods -n
get pods --namespace
get pods -o
get pods -Ao
get pods --field-selector
get -l
logs web -fc
-n
get pods -A=maybe
get pods -A=yes
get pods --all-namespaces=TrUe
get pods --all-namespaces=
get pods --no-headers=no
get pods --watch=on
get pods --chunk-size=many
get pods --chunk-size=
get pods --chunk-size=1.5
get pods --chunk-size=08
get pods --chunk-size=1__0
get pods --chunk-size=_1
get pods --chunk-size=0x
get pods --chunk-size=99999999999999999999
get pods --chunk-size=-99999999999999999999
get pods --chunk-size 10s
get pods -L '"'
get pods -L 'a"b'
get pods -L '"a"b,c'
get pods -L 'x,"a'
get pods -L 'é,"a'
logs web --tail=abc
logs web --tail 'a"b'
logs web --tail 'a\\b'
logs web --tail=5m
logs web --since=5
logs web --since=5d
logs web --since=1h5
logs web --since=abc
logs web --since=
logs web --since=1x2y
logs web --since=.s
logs web --since=1h-5m
logs web --since=9999999h
logs web --since '1 h'
logs web --since '1é'
logs web --limit-bytes=1k
logs web --follow=5
delete pod web --grace-period=1m
delete pod web --wait=never
delete pod web --now=x
delete pod web --timeout=5
delete pod web --timeout 1d
scale deploy web
scale deploy/web --replicas
scale deploy/web --replicas=two
scale deploy/web --replicas two
scale deploy/web --replicas=1.0
rollout status deploy/web --watch=x
rollout status deploy/web --revision=first
rollout status --bogus
rollout --bogus status deploy/web
rollout foo
rollout stauts deploy/web
rollout -n shop foo
rollout foo --bogus
rollout -n
top foo
top foo bar
auth foo
set imag deploy/web app=nginx:2
set -n shop imag
version --client=0x
version --output
cluster-info --bogus
cordon n1 -x
drain n1 --grace-period=x
exec web -x -- ls
exec web --bogus -- ls
exec -c
label pod web a=b --overwrite=maybe
wait pod/web --for
events --types
get --help=x
get pods -h=maybe
get pods --request-timeout=abc
get pods --request-timeout=-5
get pods --request-timeout=5x
gt pods
gett pods
geet
describ pod web
descrbe pod web
log web
lgos web
delet pod web
rollou status deploy/web
scal deploy/web --replicas=2
versio
vresion
pods
ls
list pods
rm pod web
inspect pod web
stats
a
wat
x
quux
Get pods
GET pods
'a b'
'a"b'
get-pods
top-pod
help-me
"""

# Where we differ on purpose: the phrase, what we say, what kubectl says, and why.
DIFFERENT = (
    (
        "--bogus get pods",
        "error: unknown flag: --bogus\nSee 'kubectl --help' for usage.",
        "Error: flags cannot be placed before plugin name: --bogus",
        "there are no plugins here, and the flag is the mistake",
    ),
    (
        "-n shop gett pods",
        'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget',
        "Error: flags cannot be placed before plugin name: -n",
        "there are no plugins here, and the verb is the mistake",
    ),
    (
        "-x get pods",
        "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl --help' for usage.",
        "Error: flags cannot be placed before plugin name: -x",
        "there are no plugins here, and the flag is the mistake",
    ),
    (
        "get pods -é",
        "error: unknown shorthand flag: 'é' in -é\nSee 'kubectl get --help' for usage.",
        "error: unknown shorthand flag: 'Ã' in -é\nSee 'kubectl get --help' for usage.",
        "pflag cuts the letter in the middle",
    ),
    (
        "set",
        'error: "set" does nothing by itself',
        "Configure application resources.",
        "a mistake is answered by one line, and help is a command of its own",
    ),
)
