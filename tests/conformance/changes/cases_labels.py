"""`label` and `annotate`."""

from tests.conformance.changes.case import Group, Who
from tests.conformance.changes.wardrobe import CONF, CRED, PROXY, WEB, node

_LABELLED = """
label cm conf team=shop
label cm/conf team=shop size=10
label cm conf tier=front
label cm conf tier=front --overwrite
label cm conf tier=back
label cm conf tier-
label cm conf team=shop tier-
label cm conf tier=front tier-
label cm conf team=shop team=other
label cm conf 'bad key=x'
label cm conf team='not valid!'
label cm conf example.org/team=shop
label cm conf team=shop --dry-run=client
label cm conf team=shop --dry-run=server
label cm conf team=shop -o name
label cm conf team=shop -o yaml
label cm conf team=shop --resource-version=1
label cm conf team=shop --field-manager=me
label cm conf --list
label cm -l tier=back team=shop
label cm -l tier=none team=shop
label cm,secrets -l tier=back team=shop
label cm --all team=shop
label cm/conf secret/cred team=shop
label cm nope team=shop
label cm conf
label cm team=shop
label
label nope conf team=shop
label deploy web team=shop
label ns TWIN team=shop
label cm conf team=shop ;; label cm conf team-
"""
_ANNOTATED = """
annotate cm conf why=because
annotate cm conf note=second
annotate cm conf note=second --overwrite
annotate cm conf note-
annotate cm conf why=because note-
annotate cm conf why='a sentence, with = and "quotes"'
annotate cm conf 'bad key=x'
annotate cm conf why=because --dry-run=server
annotate cm conf why=because -o yaml
annotate cm conf why=because --field-manager=me
annotate cm conf --list
annotate cm -l tier=back why=because
annotate cm nope why=because
annotate cm conf
annotate deploy web kubernetes.io/change-cause='another image'
annotate deploy/web why=because ;; annotate deploy/web why-
"""
_BOTH = "label cm conf team=shop\nannotate cm conf why=because"
GROUPS = (
    Group("label cm conf other team=shop", CONF, difference="whole-plans"),
    Group("label cm conf conf team=shop", CONF, difference="named-twice"),
    Group(_LABELLED, choice=CONF + CRED + WEB + PROXY),
    Group(_ANNOTATED, choice=CONF + CRED + WEB + PROXY),
    Group("label node TWIN-a role=x\nannotate node/TWIN-a why=because", node("a")),
    *(Group(_BOTH, CONF, who=who) for who in (Who.OPERATOR, Who.READER, Who.STRANGER)),
)
