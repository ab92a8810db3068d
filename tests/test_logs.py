"""Log lines: one JSON object each, whatever is in them."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LINES = r"""
import logging, structlog
from bot.logs import write_json
write_json()
log = structlog.stdlib.get_logger("quarterdeck")
log.info("served", person="T1/UADA", text="one\ntwo\x1b[31m\u2028", audit_ids=["a"])
copy = structlog.stdlib.get_logger("quarterdeck.audit")
forged = {"phrase": "x\n{\"event\": \"forged\"}\x9b31m\u202e"}
copy.info("audit", record=forged, hash="00", stored=True)
logging.getLogger("some.library").warning("careful: %s", "x\ny")
logging.getLogger("some.library").debug("not shown")
logging.getLogger("slack_sdk.web").info("the body of a request, with its token")
logging.getLogger("aiohttp.access").info("GET /")
try:
    raise ValueError("boom\nand more")
except ValueError:
    log.exception("bug", request="r-1")
"""


@cache  # nobody changes it, and each start takes a tenth of a second
def written() -> tuple[list[dict[str, Any]], str, str]:
    done = subprocess.run(
        [sys.executable, "-c", LINES], cwd=ROOT, capture_output=True, check=True, timeout=30
    )
    text = done.stderr.decode()
    return [json.loads(line) for line in text.splitlines()], text, done.stdout.decode()


def test_each_line_is_one_object_and_holds_no_control_character() -> None:
    events, text, _ = written()
    assert [event["event"] for event in events] == ["served", "careful: x\ny", "bug"]
    assert [character for character in text if character < " " and character != "\n"] == []
    served, library, bug = events
    assert (served["level"], served["logger"], served["person"]) == (
        "info",
        "quarterdeck",
        "T1/UADA",
    )
    assert served["text"] == "one\ntwo\x1b[31m\u2028"
    assert served["timestamp"].endswith("Z")
    assert (library["logger"], library["level"]) == ("some.library", "warning")
    assert "ValueError: boom" in bug["exception"]


def test_the_copy_of_the_record_goes_to_standard_output_in_one_line_and_nowhere_else() -> None:
    _, errors, text = written()
    [line] = text.splitlines()
    copied = json.loads(line)
    assert (copied["event"], copied["hash"], copied["stored"]) == ("audit", "00", True)
    assert line.isascii()
    assert line.isprintable()
    assert "forged" not in errors
