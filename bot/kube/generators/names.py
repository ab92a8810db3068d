"""Which names Kubernetes takes for keys, variables and ports, in its own words.

Pure. Rules and texts: apimachinery 1.37 `pkg/util/validation/validation.go`.
"""

import re

_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PORT = re.compile(r"[-a-z0-9]+")
_KEY_FAULT = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    " (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name',"
    " regex used for validation is '[-._a-zA-Z0-9]+')"
)
_VARIABLE_FAULT = (
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-',"
    " or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',"
    "  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
)
LONGEST = 253
"""Characters of a key and of a subdomain."""


def key_faults(key: str) -> list[str]:
    """Return what is wrong with a key of a ConfigMap or a Secret; nothing: an empty list."""
    found = [f"must be no more than {LONGEST} characters"] if len(key) > LONGEST else []
    if not _KEY.fullmatch(key):
        found.append(_KEY_FAULT)
    return found + _path_faults(key)


def variable_faults(name: str) -> list[str]:
    """Return what is wrong with the name of an environment variable."""
    return ([] if _VARIABLE.fullmatch(name) else [_VARIABLE_FAULT]) + _path_faults(name)


def is_subdomain(text: str) -> bool:
    """Tell whether the text is a DNS name as RFC 1123 has it."""
    return len(text) <= LONGEST and _SUBDOMAIN.fullmatch(text) is not None


def port_name_faults(name: str) -> list[str]:
    """Return what is wrong with a port's name."""
    checks = (
        # An IANA service name (RFC 6335).
        (len(name) <= 15, "must be no more than 15 characters"),
        (
            _PORT.fullmatch(name) is not None,
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (re.search("[a-z]", name) is not None, "must contain at least one letter (a-z)"),
        ("--" not in name, "must not contain consecutive hyphens"),
        (not name.startswith("-") and not name.endswith("-"), _HYPHEN_FAULT),
    )
    return [fault for holds, fault in checks if not holds]


_HYPHEN_FAULT = "must not begin or end with a hyphen"


def _path_faults(name: str) -> list[str]:
    if name in (".", ".."):
        return [f"must not be '{name}'"]
    return ["must not start with '..'"] if name.startswith("..") else []
