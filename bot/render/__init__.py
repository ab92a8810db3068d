"""Parts of a reply, drawn: kubectl's plain text here, other looks beside it."""
