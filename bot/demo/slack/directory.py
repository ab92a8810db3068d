"""The methods about people: who the bot is, who a user is, who is in which user group."""

from bot.demo.slack.call import ApiCall
from bot.demo.slack.paging import page
from bot.demo.slack.platform import DOMAIN
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Group, User


def auth_test(call: ApiCall) -> Json:
    """Answer `auth.test`, which any valid token may ask."""
    names, app = call.platform.names, call.platform.app
    if call.bearer == "app":
        return {"app_name": app.name, "app_id": names.app}
    return {
        "url": f"{call.platform.base_url}/",
        "team": DOMAIN,
        "user": app.bot_name,
        "team_id": names.team,
        "user_id": names.bot_user,
        "bot_id": names.bot,
        "is_enterprise_install": False,
    }


def bots_info(call: ApiCall) -> Json:
    """Answer `bots.info`; the workspace has no other bot with an id of its own."""
    names, app = call.platform.names, call.platform.app
    if call.arguments.required("bot") != names.bot:
        raise CallRefusedError("bot_not_found")
    shown = {
        "id": names.bot,
        "deleted": False,
        "name": app.bot_name,
        "user_id": names.bot_user,
        "app_id": names.app,
    }
    return {"bot": shown}


def users_info(call: ApiCall) -> Json:
    """Answer `users.info`."""
    user = call.platform.state.users.get(call.arguments.required("user"))
    if user is None:
        raise CallRefusedError("user_not_found")
    return {"user": _shown(call, user)}


def users_list(call: ApiCall) -> Json:
    """Answer `users.list`: everybody, the deactivated too."""
    people = list(call.platform.state.users.values())
    shown, more = page(people, call.arguments, usual=200)
    return {"members": [_shown(call, user) for user in shown], **more}


def users_lookup(call: ApiCall) -> Json:
    """Answer `users.lookupByEmail`: only active members of this very workspace are found."""
    wanted = call.arguments.required("email").lower()
    for user in call.platform.state.users.values():
        if user.email.lower() == wanted and not user.flags & {"deactivated", "foreign"}:
            return {"user": _shown(call, user)}
    raise CallRefusedError("users_not_found")


def usergroups_list(call: ApiCall) -> Json:
    """Answer `usergroups.list`."""
    _need_paid_plan(call)
    with_users = call.arguments.flag("include_users")
    groups = call.platform.state.groups.values()
    return {"usergroups": [_group_object(call, group, with_users) for group in groups]}


def usergroups_users_list(call: ApiCall) -> Json:
    """Answer `usergroups.users.list`."""
    _need_paid_plan(call)
    group = call.platform.state.groups.get(call.arguments.required("usergroup"))
    if group is None:
        raise CallRefusedError("no_such_subteam")
    return {"users": list(group.users)}


def _shown(call: ApiCall, user: User) -> Json:
    """Return a user as this token may see them: the e-mail address needs a scope of its own."""
    shown = user_object(user)
    if user.email and "users:read.email" in call.granted:
        shown["profile"]["email"] = user.email
    return shown


def user_object(user: User) -> Json:
    """Return a user as the Web API shows them, without the e-mail address."""
    single = "single_channel_guest" in user.flags
    # Slack says these only where they are so.
    marks = [f"is_{kind}" for kind in ("workflow_bot", "connector_bot") if kind in user.flags]
    return {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "real_name": user.name.title(),
        "deleted": "deactivated" in user.flags,
        "is_restricted": single or "guest" in user.flags,
        "is_ultra_restricted": single,
        "is_bot": "bot" in user.flags,
        **dict.fromkeys(marks, True),
        "is_email_confirmed": "unconfirmed" not in user.flags,
        "is_stranger": "foreign" in user.flags,
        "is_app_user": False,
        "is_admin": False,
        "is_owner": False,
        "tz": "Etc/UTC",
        "tz_offset": 0,
        "profile": {
            "display_name": user.name,
            "real_name": user.name.title(),
            "team": user.team,
        },
    }


def _group_object(call: ApiCall, group: Group, with_users: bool) -> Json:
    users = {"users": list(group.users)} if with_users else {}
    return {
        "id": group.id,
        "team_id": call.platform.names.team,
        "is_usergroup": True,
        "name": group.handle,
        "handle": group.handle,
        "is_external": False,
        "date_delete": 0,
        **users,
    }


def _need_paid_plan(call: ApiCall) -> None:
    if not call.platform.options.paid_plan:
        raise CallRefusedError("plan_upgrade_required")
