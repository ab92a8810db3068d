"""The first day: what a newcomer is asked, and the manifests that are written from the answers."""
