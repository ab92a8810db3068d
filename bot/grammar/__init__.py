"""From what a person typed to a bound command: the one place where a phrase is read."""
