"""The only room that knows `kubernetes`: configuration, requests, discovery and documents."""

import importlib.util
import sys

# kubernetes 37.0.2 imports its synchronous half with the package, and requests and OAuth with that:
# a sixth of each start and 7 MiB. Of the package itself, kubernetes.aio needs nothing but its
# place; this may go once importing it costs no more.
if "kubernetes" not in sys.modules and (_found := importlib.util.find_spec("kubernetes")):
    sys.modules["kubernetes"] = importlib.util.module_from_spec(_found)
