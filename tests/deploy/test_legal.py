"""The licence is whole, and the security page points at things that exist."""

import hashlib
import re

from tests.deploy.manifests import ROOT

# The Apache License 2.0 as its authors publish it.
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def test_the_licence_is_apache_2_in_full() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2


def test_every_file_that_the_security_page_names_exists() -> None:
    page = (ROOT / "SECURITY.md").read_text()
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", page)
    assert "deploy/rbac.yaml" in linked
    assert [name for name in linked if not (ROOT / name).exists()] == []
