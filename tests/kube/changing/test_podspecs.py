"""Images and other fields of pod templates, in the words of a preview."""

from typing import Any

import pytest

from bot.core.plan import Change
from bot.kube.changing.podspecs import image_change, template_changes

R = "registry.example.org:5000/shop/web"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (f"{R}:2.4.1", f"{R}:2.4.0", ("web:2.4.1", "2.4.0")),
        ("web:1", "web:2", ("web:1", "2")),
        (f"{R}:1", "other/web:1", (f"{R}:1", "other/web:1")),
        (R, f"{R}:1", (R, f"{R}:1")),
        (f"{R}:1", f"{R}@sha256:00", (f"{R}:1", f"{R}@sha256:00")),
        ("", "web:1", ("none", "web:1")),
    ],
)
def test_an_image_is_told_as_short_as_it_can_be_told_apart(
    before: str, after: str, told: tuple[str, str]
) -> None:
    assert image_change("web", "app", before, after, alone=True) == Change("web", "image", *told)
    assert image_change("web", "app", before, after, alone=False).field == "image of app"


def template(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [*containers], **spec}}


def test_other_fields_are_counted_and_containers_compared_by_name() -> None:
    before = template({"name": "a", "image": "a:1", "env": [{"name": "A", "value": "1"}]})
    after = template(
        {"name": "b", "image": "b:1"},
        {"name": "a", "image": "a:2", "env": [{"name": "A", "value": "2"}]},
        hostNetwork=True,
    )
    images, others = template_changes("web", before, after)
    assert images == [Change("web", "image of a", "a:1", "2")]
    assert others == 3  # the new container, the variable, and the network
    assert template_changes("web", before, before) == ([], 0)
