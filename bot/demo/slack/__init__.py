"""A simulated Slack workspace that speaks Slack's own protocols and refuses what Slack refuses.

`workspace.Workspace` is the way in. The rooms, each knowing only those below it:

    workspace, people            the test API: what a person types, presses, fills in and sees
    seenview, visible            a modal or the Home tab, and a message, on one person's screen
    desk, filling, pressing      waiting for an answer; filling in a field; pressing a button
    interactions, viewing, acts  from an act of a person to an envelope, and its acknowledgement
    server, webapi, hooks        what the bot calls: methods, uploads, response URLs
    socketmode, httpevents       the two ways an envelope reaches the bot
    methods and its handlers     chat, views, conversations, directory, files: a function a method
    platform, state, screens     what stands in the workspace; triggers, rates, chaos
    content, viewrules, inputs   what may be put there, and what people put into it
    blocks, walking, tables, …   Block Kit's rules as data, and the few lines that apply them

Where it differs from Slack, or Slack's behaviour is not documented and a choice was made:

- Rate tiers are exact windows of a minute and off unless `Options.enforce_rates`; Slack lets short
  bursts pass, and has a limit for the whole workspace that no page names.
- Where sources differ about a limit, the smaller number counts; data blocks (table, data_table,
  data_visualization, container) are refused on the Home tab.
- `views.open` takes the place of an open stack; Slack's clients differ in that.
- A refused view does not spend its trigger; a refused body does not use a response URL up.
- An acknowledgement that Slack cannot use is shown as trouble; Slack's own words vary by client.
- A workspace has one app, no threads that are also sent to the channel, no scheduled messages,
  no canvases, lists, workflows, video or file blocks.
"""
