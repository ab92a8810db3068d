"""`set image`: containers get another image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, switch, text
from bot.core.errors import QuarterdeckError, UsageError, choose_from
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.changes import Found, place_of, refuse
from bot.kube.changing.marking import split
from bot.kube.changing.podspecs import containers, image_change
from bot.kube.changing.templates import Rewrite, Wanted, check, meant, rewritten
from bot.kube.filed import Filed
from bot.kube.patches import Edit

_EVERY = "*"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `set image`."""

    arguments: tuple[str, ...] = ()
    all: bool = switch(help="Every object of the type in the namespace.")
    selector: str = text("l", help="Label selector.")
    files: Filed = shared(Filed)
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")
    output: str = text("o", help="name, yaml, json or jsonpath=TEMPLATE.")
    field_manager: str = text(default="kubectl-set", help="Whose the changed fields are.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what other images would change; the images that are there are the precondition."""
    objects, words = split(options.arguments, "image")
    images = _images(words)
    wanted = Wanted(
        *(objects, options.selector, options.all, options.dry_run, options.output),
        *(options.field_manager, options.files),
    )
    chosen = await meant(scope, wanted)
    check(wanted)
    _check(images)

    def rewrite(one: Found) -> Rewrite:
        return _rewrite(place_of(one.target(scope)), one, images)

    return rewritten(scope, wanted, chosen, "image", rewrite)


def _images(words: Sequence[str]) -> Mapping[str, str]:
    wrong = ", ".join(word for word in words if "=" not in word)
    if wrong:
        raise UsageError(f"error: invalid image format: {wrong}")
    return {name: image for name, _, image in (word.partition("=") for word in words)}


def _check(images: Mapping[str, str]) -> None:
    if not images:
        raise UsageError(
            "error: at least one image update is required",
            next_step="Such as web=registry.example.org/shop/web:1.4.3",
        )
    if len(images) > 1 and _EVERY in images:
        raise UsageError(
            "error: all containers are already specified by *,"
            " but saw more than one container_name=container_image pairs"
        )


def _rewrite(subject: str, one: Found, images: Mapping[str, str]) -> Rewrite:
    places = containers(one)
    names = [each["name"] for _, each in places]
    missing = [name for name in images if name != _EVERY and name not in names]
    known = choose_from(names)
    text = 'error: unable to find container named "{}"'
    refuse([QuarterdeckError(text.format(name), next_step=known) for name in missing], marked=True)
    edits, changes = list[Edit](), []
    for path, each in places:
        new = images.get(each["name"], images.get(_EVERY))
        if new is not None and new != each.get("image", ""):
            edits.append(Edit((*path, "image"), new))
            alone = len(places) == 1
            change = image_change(subject, each["name"], each.get("image", ""), new, alone=alone)
            changes.append(change)
    # The place in the list is the container's only as long as its name stands there.
    return Rewrite(edits, [(*edit.path[:-1], "name") for edit in edits], changes)


COMMAND = Command(
    phrase="set image",
    summary="Update the image of a pod template",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) CONTAINER=IMAGE ... [flags]",
    effect=Effect.CHANGE,
    access=(Access("get", "*"), Access("list", "*", optional=True), Access("patch", "*")),
    options=Options,
    plan=plan,
    examples=(
        "set image deploy/web web=registry.example.org/shop/web:1.4.3 -n shop",
        "set image deploy -l app=cart *=registry.example.org/cart:2.1 -n shop --dry-run=server",
    ),
)
