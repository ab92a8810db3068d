"""A small simulated Kubernetes that speaks the API over HTTP and WebSocket.

It goes as far as the bot uses the API, and is honest about its edge: what is outside of its scope
is answered with 404, 406 or 501 and a Status that says so, never made up.
The rooms, each knowing only those below it:

    box, scenes               the way in: a cluster with a shop in it, and what can go wrong there
    server, containers        from a request to an answer; what containers say, and what runs there
    verbs, wire               what each verb does; what a request asks for, and what its body holds
    audit, access             the record of a request; who asks, and whether they may
    controllers/              what makes the cluster move; one file each
    metrics                   what pods and nodes use
    registry                  the verbs on objects: versions, generations, finalizers, grace
    admission                 what an object is given, and what is wrong with it
    tables, patches           what is shown of objects, and how they are changed
    lists, selectors          which objects are meant; their pages, and watches of what happens
    kinds, store              the table of kinds; the objects, their versions and their changes
    refusals, values          how a request is refused; where values are in an object
"""
