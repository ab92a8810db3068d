"""What a certificate signing request asks for, whatever its names are."""

import base64
import warnings
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.core.errors import QuarterdeckError
from bot.kube.describe.certificates import REQUEST
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Subject

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def described(name: x509.Name, *others: x509.GeneralName) -> str:
    asked = x509.CertificateSigningRequestBuilder().subject_name(name)
    if others:
        asked = asked.add_extension(x509.SubjectAlternativeName(others), critical=False)
    signed = asked.sign(Ed25519PrivateKey.generate(), None)
    return written(signed.public_bytes(serialization.Encoding.PEM))


def written(pem: bytes) -> str:
    spec = {"request": base64.b64encode(pem).decode(), "username": "somebody"}
    item = {"metadata": {"name": "asked"}, "spec": spec, "status": {}}
    w = Lines()
    REQUEST.write(w, Subject(item, NOW))
    return w.text()


def test_a_country_of_three_letters_is_shown_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "USA", _validate=False)])
    assert "Country:        USA" in described(name)


def test_other_names_of_a_kind_that_kubectl_does_not_know_have_no_title() -> None:
    nobody = x509.Name([])
    assert "Alternative" not in described(nobody, x509.DirectoryName(nobody))
    assert "Subject Alternative Names:" in described(nobody, x509.DNSName("a.example.org"))


def test_a_request_that_cannot_be_read_is_told_as_such() -> None:
    with pytest.raises(QuarterdeckError, match=r"^error: Error parsing CSR: "):
        written(b"-----BEGIN CERTIFICATE REQUEST-----\nbm8=\n-----END CERTIFICATE REQUEST-----\n")
