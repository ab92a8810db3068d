"""A simulated Slack workspace that speaks Slack's own protocols and refuses what Slack refuses.

`workspace.Workspace` is the way in. The rooms, each knowing only those below it:

    workspace, people, visible   the test API: what a person types, presses and sees
    interactions                 from an act of a person to an envelope, and its acknowledgement
    server, webapi, hooks        what the bot calls: methods, uploads, response URLs
    socketmode, httpevents       the two ways an envelope reaches the bot
    methods and its handlers     chat, conversations, directory, files: one function per method
    platform, state, content     what stands in the workspace, and what may be put there
    blocks, elements, shapes     Block Kit's rules as data, and the few lines that apply them

Where Slack's behaviour is not documented, the choice and its reason stand at the place.
"""
