"""A small simulated Kubernetes that speaks the API over HTTP and WebSocket.

It goes as far as the bot uses the API, and is honest about its edge: what is outside of its scope
is answered with 404, 406 or 501 and a Status that says so, never made up.
The rooms, each knowing only those below it:

    box, scenes, troubles     the way in: a cluster with a shop in it, and what can go wrong there
    server, verbs, wire       from a request to an answer
    protobuf, discovery       what kubectl's typed clients send, and what is served
    lists                     pages of what there is, and watches of what happens to it
    subresources, logs, exec  what stands below an object's path
    identity, rbac, audit     who asks, whether they may, and the record of it
    controllers/              what makes the cluster move; one file each
    registry, deletion        the verbs on objects: versions, generations, finalizers, grace
    defaults, admission       what an object is given, and validation: what is wrong with it
    tables, patches, apply    what is shown of objects, and how they are changed
    store                     the objects, their versions and their changes
    kinds, refusals           the table of kinds, and how a request is refused
"""
