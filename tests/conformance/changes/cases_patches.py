"""`patch`."""

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import CONF, CRED, DB, PROXY, SVC, WEB, WIDGET, node

_STRATEGIC = '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:2"}]}}}}'
_PATCHED = f"""
patch cm conf -p '{{"data":{{"level":"info"}}}}'
patch cm/conf -p '{{"data":{{"level":"info"}}}}'
patch cm conf -p 'data: {{level: info}}'
patch cm conf --type=merge -p '{{"data":{{"level":null,"more":"yes"}}}}'
patch cm conf --type=json -p '[{{"op":"replace","path":"/data/level","value":"info"}}]'
patch cm conf --type=json -p '[{{"op":"test","path":"/data/level","value":"nope"}}]'
patch cm conf --type=json -p '[{{"op":"remove","path":"/data/nope"}}]'
patch cm conf --type=json -p '[{{"op":"add","path":"/data/more","value":"yes"}}]' -o yaml
patch cm conf --type=json -p '{{"data":{{}}}}'
patch cm conf --type=other -p '{{}}'
patch cm conf -p '{{"data":{{"level":"debug"}}}}'
patch cm conf -p '{{"data"'
patch cm conf -p '[1]'
patch cm conf
patch cm conf -p ''
patch cm nope -p '{{"data":{{"level":"info"}}}}'
patch cm conf -p '{{"data":{{"level":"info"}}}}' --dry-run=client
patch cm conf -p '{{"data":{{"level":"info"}}}}' --dry-run=server
patch cm conf -p '{{"data":{{"level":"info"}}}}' -o name
patch cm conf -p '{{"data":{{"level":"info"}}}}' -o json
patch cm conf -p '{{"data":{{"level":"info"}}}}' --field-manager=me
patch cm conf -p '{{"metadata":{{"name":"other"}}}}'
patch deploy web -p '{_STRATEGIC}'
patch deploy web -p '{{"spec":{{"replicas":2}}}}'
patch deploy web --subresource=scale --type=merge -p '{{"spec":{{"replicas":2}}}}'
patch deploy web --subresource=status --type=merge -p '{{"status":{{"replicas":2}}}}'
patch deploy web --subresource=nope --type=merge -p '{{}}'
patch deploy web -p '{{"spec":{{"selector":{{"matchLabels":{{"app":"other"}}}}}}}}'
patch svc front -p '{{"spec":{{"ports":[{{"port":443,"name":"https"}}]}}}}'
patch svc front --type=merge -p '{{"spec":{{"type":"NodePort"}}}}'
patch pod proxy -p '{{"spec":{{"containers":[{{"name":"main","image":"proxy:2"}}]}}}}'
patch sts db -p '{{"spec":{{"template":{{"metadata":{{"annotations":{{"a":"b"}}}}}}}}}}'
patch wd gear -p '{{"spec":{{"size":4}}}}'
patch wd gear --type=merge -p '{{"spec":{{"size":4}}}}'
patch wd gear --type=json -p '[{{"op":"replace","path":"/spec/size","value":4}}]'
"""
_PATCH = """patch cm conf -p '{"data":{"level":"info"}}'"""
GROUPS = (
    Group(_PATCH.replace("conf", "conf other"), CONF, difference="whole-plans"),
    Group("patch -p '{}'"),
    Group("""patch deploy web -p '{"spec":{"nope":1}}'""", WEB, difference="unknown-fields"),
    Group("""patch cm conf -p '{"data":{"level":7}}'""", CONF, difference="patch-object"),
    Group(_PATCHED, choice=CONF + CRED + WEB + SVC + PROXY + DB + WIDGET),
    Group("""patch node TWIN-a -p '{"spec":{"unschedulable":true}}'""", node("a")),
    *(Group(_PATCH, CONF, who=who) for who in (Who.OPERATOR, Who.READER, Who.STRANGER)),
)
