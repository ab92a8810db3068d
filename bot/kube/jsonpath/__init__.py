"""Kubernetes' own JSONPath dialect: templates of text and paths, ranges, filters and unions.

Pure. Rules: client-go 1.37 `util/jsonpath`, odd corners included, since people paste what works
with kubectl. `reading` makes a template of a text, `finding` finds its values in an object,
`writing` prints them; `looking` says what of an object it looks at at all.
"""
