"""The only room that knows Slack: what comes in, what goes out, and the two ways it travels."""
