"""The `views.*` methods, and what a submission may do: modals in a stack of three, the Home tab."""

from typing import Any

from bot.demo.slack import limits
from bot.demo.slack.call import ApiCall
from bot.demo.slack.inputs import carried, presets
from bot.demo.slack.payloads import view_object
from bot.demo.slack.platform import Platform
from bot.demo.slack.refusal import CallRefusedError, invalid_arguments
from bot.demo.slack.screens import View, ViewKind
from bot.demo.slack.shapes import Json
from bot.demo.slack.triggers import Trigger
from bot.demo.slack.viewrules import check_view, too_large


def open_modal(call: ApiCall) -> Json:
    """Answer `views.open`: the first modal of a stack; it takes the place of an open stack."""
    body = _given(call, "modal")
    trigger, origin = _spend(call)
    screens = call.platform.state.screens
    screens.remove(*reversed(screens.stack(trigger.person)))
    return _shown(call, put_modal(call.platform, trigger.person, body, origin))


def push(call: ApiCall) -> Json:
    """Answer `views.push`, with a trigger from inside of the modal that it goes upon."""
    body = _given(call, "modal")
    trigger, origin = _spend(call)
    if call.platform.state.screens.view(trigger.view) is None:
        raise CallRefusedError("not_found")
    return _shown(call, put_modal(call.platform, trigger.person, body, origin))


def update(call: ApiCall) -> Json:
    """Answer `views.update`: what was filled in stays in fields that stay."""
    arguments, screens = call.arguments, call.platform.state.screens
    identifier, external_id = arguments.text("view_id"), arguments.text("external_id")
    if not (identifier or external_id):
        raise invalid_arguments("missing required field: view_id")
    view = screens.view(identifier) if identifier else screens.named(external_id)
    if view is None:
        raise CallRefusedError("not_found")
    body = _given(call, view.kind, own=view)
    _check_hash(call, view)
    return _shown(call, renew(call.platform, view, body))


def publish(call: ApiCall) -> Json:
    """Answer `views.publish`: the Home tab of one person."""
    platform, person = call.platform, call.arguments.required("user_id")
    if person not in platform.state.users:
        raise invalid_arguments("invalid `user_id`")
    if not platform.app.home_tab:
        raise CallRefusedError("not_enabled")
    old = platform.state.screens.home(person)
    body = _given(call, "home", own=old)
    if old is None:
        return _shown(call, _put(platform, person, "home", body))
    _check_hash(call, old)
    return _shown(call, renew(platform, old, body))


def put_modal(platform: Platform, person: str, body: Json, origin: str) -> View:
    """Put a checked modal on top of a person's stack.

    Raises:
        CallRefusedError: `push_limit_reached`.
    """
    stack = platform.state.screens.stack(person)
    if len(stack) >= limits.MODALS:
        raise CallRefusedError("push_limit_reached")
    return _put(platform, person, "modal", body, origin)


def renew(platform: Platform, view: View, body: Json) -> View:
    """Put a checked body in the place of a view's, with a new hash."""
    return platform.state.screens.rewrite(
        view,
        body=body,
        hash=_hash(platform),
        values=carried(view.values, body["blocks"]),
        errors={},
        trouble="",
    )


def checked(platform: Platform, body: Any, kind: ViewKind, own: View | None = None) -> Json:
    """Return a view's body with the ids that Slack adds.

    Raises:
        CallRefusedError: `invalid_arguments`, `view_too_large`, `duplicate_external_id`.
    """
    problems = check_view(body, kind)
    problems = problems or platform.composer.lost_pictures(body["blocks"], "/view/blocks")
    if problems:
        raise invalid_arguments(*problems)
    if too_large(body):
        raise CallRefusedError("view_too_large")
    namesake = platform.state.screens.named(body.get("external_id") or " ")
    if namesake is not None and (own is None or namesake.id != own.id):
        raise CallRefusedError("duplicate_external_id")
    return {**body, "blocks": platform.composer.named(body["blocks"])}


def _given(call: ApiCall, kind: ViewKind, own: View | None = None) -> Json:
    call.arguments.required("view")
    body = call.arguments.structure("view", "invalid_arguments")
    return checked(call.platform, body, kind, own)


def _spend(call: ApiCall) -> tuple[Trigger, str]:
    origin = call.arguments.required("trigger_id")
    return call.platform.triggers.spend(origin), origin


def _check_hash(call: ApiCall, view: View) -> None:
    if call.arguments.text("hash") not in ("", view.hash):
        raise CallRefusedError("hash_conflict")


def _put(platform: Platform, person: str, kind: ViewKind, body: Json, origin: str = "") -> View:
    identifier = platform.ids.named("V")
    stack = platform.state.screens.stack(person) if kind == "modal" else ()
    return platform.state.screens.add(
        View(
            id=identifier,
            person=person,
            kind=kind,
            body=body,
            hash=_hash(platform),
            values=presets(body["blocks"]),
            root=stack[0].id if stack else identifier,
            previous=stack[-1].id if stack else "",
            origin=origin,
        )
    )


def _hash(platform: Platform) -> str:
    return f"{int(platform.clock.now().timestamp())}.{platform.ids.secret(8)}"


def _shown(call: ApiCall, view: View) -> Json:
    return {"view": view_object(call.platform, view)}
