"""What the bot may do in a cluster by RBAC: what it needs, printed as a manifest, and compared."""
