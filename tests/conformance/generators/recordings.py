"""What kubectl 1.37.1 answered, kept beside the tests; `python -m` this folder records it anew."""

import shlex
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson

from tests.conformance.generators.answers import Answer, furnish, theirs
from tests.conformance.generators.phrases import phrases, words_about

FILE = Path(__file__).with_name("recorded.json")


def recorded() -> Mapping[str, Answer]:
    """Return the answers as they were recorded, by phrase."""
    kept = orjson.loads(FILE.read_bytes())
    return {phrase: Answer(*answer) for phrase, answer in kept.items()}


def asked(wanted: Iterable[str]) -> Mapping[str, Answer]:
    """Return what kubectl answers now, two phrases at a time."""
    each = list(wanted)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        config = furnish(Path(folder))
        answers = pool.map(lambda phrase: theirs(config, shlex.split(words_about(phrase))), each)
        return dict(zip(each, answers, strict=True))


def record() -> None:
    """Ask kubectl for everything and keep it."""
    found = {
        phrase: [answer.code, answer.out, answer.err] for phrase, answer in asked(phrases()).items()
    }
    FILE.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")
