"""kubectl's generators: what `create` and `expose` make of a few flags, as raw objects.

Pure but for `creating`, which turns an object into a plan. Each object holds its fields in the
order of kubectl's Go types, empty ones included where those have no `omitempty`: it equals what
`--dry-run=client` prints. Rules and texts: kubectl 1.37 `pkg/cmd/create` and `pkg/cmd/expose`.
"""
