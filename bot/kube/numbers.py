"""Floats as Go writes them: shortest, in a table's cell, in YAML and in JSON. Pure."""

from decimal import Decimal

# From these powers of ten on there is an exponent: strconv's format `g`, and encoding/json.
_GENERAL = range(-4, 6)
_JSON = range(-6, 21)


def general(value: float) -> str:
    """Return a float as Go's `%v` and YAML library write it, such as `1.5e+06`."""
    text, power = _plain(value)
    return text if power in _GENERAL else _with_exponent(value, 2)


def json_number(value: float) -> str:
    """Return a float as Go's JSON writes it: `2` for 2.0, `1e+25`, `1e-7`."""
    text, power = _plain(value)
    return text if power in _JSON else _with_exponent(value, 2 if power > 0 else 1)


def _plain(value: float) -> tuple[str, int]:
    number = Decimal(repr(value)).normalize()
    return f"{number:f}", number.adjusted()


def _with_exponent(value: float, digits: int) -> str:
    number = Decimal(repr(value)).normalize()
    power = number.adjusted()
    mantissa = f"{number.scaleb(-power):f}"
    return f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):0{digits}d}"
