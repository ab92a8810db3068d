"""The only room that knows `kubernetes`: configuration, requests, discovery and documents."""
