"""CertificateSigningRequests."""

import base64
import warnings
from collections.abc import Sequence

from bot.core.errors import QuarterdeckError
from bot.core.ports import JsonObject
from bot.core.units import human_duration
from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Subject


def _request(w: Lines, subject: Subject) -> None:
    metadata, spec = subject.metadata, subject.spec
    w.line(0, "Name:", blocks.name(subject.item))
    w.line(0, "Labels:", blocks.joined(metadata.get("labels")))
    w.line(0, "Annotations:", blocks.joined(metadata.get("annotations")))
    w.line(0, "CreationTimestamp:", blocks.when(metadata.get("creationTimestamp")))
    w.line(0, "Requesting User:", spec.get("username", ""))
    if spec.get("signerName"):
        w.line(0, "Signer:", spec["signerName"])
    if spec.get("expirationSeconds") is not None:
        w.line(0, "Requested Duration:", human_duration(spec["expirationSeconds"]))
    w.line(0, "Status:", _status(subject.status))
    _asked(w, base64.b64decode(spec.get("request", "")))
    blocks.events(w, subject.events, subject.now)


def _status(status: JsonObject) -> str:
    types = {one["type"] for one in status.get("conditions") or ()}
    shown = next((word for word in ("Denied", "Approved") if word in types), "Pending")
    failed = ",Failed" if "Failed" in types else ""
    return f"{shown}{failed}{',Issued' if status.get('certificate') else ''}"


def _asked(w: Lines, pem: bytes) -> None:
    # A tenth of a second, which only this kind shall cost.
    from cryptography import x509  # noqa: PLC0415

    try:
        asked = x509.load_pem_x509_csr(pem)
    except ValueError as error:
        raise QuarterdeckError(f"error: Error parsing CSR: {error}") from error
    held: dict[str, list[str]] = {}
    with warnings.catch_warnings():
        # A name of an odd length is shown like any other.
        warnings.simplefilter("ignore", UserWarning)
        for each in asked.subject:
            held.setdefault(each.oid.dotted_string, []).append(str(each.value))
    w.put(0, "Subject:\n")
    for title, name in _ONE:
        w.line(0, "", f"{title}:", held.get(name, [""])[-1])
    for title, name in _SEVERAL:
        _values(w, title, held.get(name, ()))
    try:
        others = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return
    kinds = (
        ("DNS Names", x509.DNSName),
        ("Email Addresses", x509.RFC822Name),
        ("URIs", x509.UniformResourceIdentifier),
        ("IP Addresses", x509.IPAddress),
    )
    found = [(title, others.get_values_for_type(kind)) for title, kind in kinds]
    if any(values for _, values in found):
        w.put(0, "Subject Alternative Names:\n")
    for title, values in found:
        _values(w, title, [str(value) for value in values])


# The names of a subject that Go knows, by their numbers.
_ONE = (("Common Name", "2.5.4.3"), ("Serial Number", "2.5.4.5"))
_SEVERAL = (
    ("Organization", "2.5.4.10"),
    ("Organizational Unit", "2.5.4.11"),
    ("Country", "2.5.4.6"),
    ("Locality", "2.5.4.7"),
    ("Province", "2.5.4.8"),
    ("StreetAddress", "2.5.4.9"),
    ("PostalCode", "2.5.4.17"),
)


def _values(w: Lines, title: str, values: Sequence[str]) -> None:
    for at, value in enumerate(values):
        w.line(0, "", "" if at else f"{title}:", value)


REQUEST = Description(_request)
