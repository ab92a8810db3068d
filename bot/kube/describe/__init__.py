"""`describe`: an object and what belongs to it, told as kubectl tells it.

Pure but for `reading`, which asks for what a description needs. Rules and texts: kubectl 1.37
`pkg/describe/describe.go`.

    kinds      which description a kind gets; every other kind gets the generic one
    reading    an object's relatives and events, asked for side by side
    lines      the writer: levels, and columns that align themselves
    blocks     what many kinds have: labels, annotations, events, tolerations
    one file a kind, or a family of kinds
"""
