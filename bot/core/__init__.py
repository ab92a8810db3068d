"""The words of the house: what a request, a command, a reply and a plan are."""
