"""The one port that the process listens on."""
