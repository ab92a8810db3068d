"""Quarterdeck: Kubernetes from Slack, as the person who typed."""

__version__ = "0.1.0"
