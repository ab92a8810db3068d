"""What the benchmark is doing, while it does it."""


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)
