"""Record what kubectl answers: `python -m tests.conformance.generators`."""

from tests.conformance.generators.recordings import record

record()
