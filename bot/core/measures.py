"""Units of measured values, and how a value is written in them.

Pure. Bytes are binary (KiB), as memory is; rates say `/s`.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Unit:
    """What a value counts."""

    base: Literal["", "bytes", "seconds", "ratio", "percent", "cores", "celsius", "timestamp"] = ""
    """Empty: it is a plain number."""
    per_second: bool = False


NUMBER = Unit()
"""A plain number."""
