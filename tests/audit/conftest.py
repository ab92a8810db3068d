"""The stores of `tests/store`, for the same tests on both databases."""

from tests.store.conftest import (  # noqa: F401 - fixtures
    databases,
    empty_url,
    kind,
    options,
    postgres_template,
    store,
    url,
)
