"""The only room that knows `kubernetes`: configuration, requests, discovery and documents."""

from bot.core.packages import hold

# kubernetes 37.0.2 imports with its package the synchronous half, requests and OAuth, and with the
# asynchronous half a dynamic client, and urllib3 for that: a fifth of each start and 11 MiB. Of the
# two packages themselves nothing is needed; this may go once importing them costs no more.
hold("kubernetes")
hold("kubernetes.aio")

from kubernetes.aio import client  # noqa: E402 - after what it must not import

# Its reader of kubeconfigs imports the client that could be made of one, and pydantic with that: a
# seventh of each start and 9 MiB. None is made here: `transport` alone sends requests.
client.ApiClient = None
