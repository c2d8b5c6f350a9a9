"""ringdesk users: accounts, roles, passwords and sessions, from the machine's shell."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from panel.shell import (
    ArgumentWords,
    ask_password,
    changing,
    print_json,
    read_password,
    table,
    tell,
    whoever,
    word,
)

if TYPE_CHECKING:
    from voice.runtime import Runtime


def add_users(group: ArgumentWords) -> None:
    """The words after `ringdesk users`."""
    add = word(group, "add", user_add, "a new account; asks for the password", "EMAIL")
    add.add_argument("--name", required=True, help="the name that colleagues see")
    add.add_argument(
        "--merchant", required=True, metavar="MERCHANT", help="its short name; see: ringdesk merchants list"
    )
    add.add_argument("--role", required=True, help="agent, supervisor, admin or operator")
    add.add_argument("--team", action="append", default=[], help="a team to join; may be given several times")
    ask_password(add)
    listed = word(group, "list", user_list, "every account with its roles")
    listed.add_argument("--merchant", metavar="MERCHANT", help="of this merchant alone")
    listed.add_argument("--json", action="store_true")
    word(group, "role", user_role, "agent, supervisor, admin, operator, or none", "EMAIL", "MERCHANT", "ROLE")
    word(group, "disable", user_disable, "close an account: signed out, off shift, no ring", "EMAIL")
    word(group, "enable", user_enable, "open a closed account again", "EMAIL")
    ask_password(
        word(group, "reset-password", user_password, "a new password; signs out everywhere", "EMAIL")
    )
    word(
        group,
        "phone",
        user_phone,
        "the ordinary phone on which somebody may take calls, or none",
        "EMAIL",
        "NUMBER",
    )
    word(group, "calls", user_calls, "where somebody's calls come: phone or browser", "EMAIL", "WHERE")
    word(group, "shift", user_shift, "start or end somebody's shift, whatever desk is open", "EMAIL", "WHAT")
    sessions = word(group, "sessions", user_sessions, "where somebody is signed in", "EMAIL")
    sessions.add_argument("--json", action="store_true")
    word(group, "sign-out", user_sign_out, "end all sessions of somebody", "EMAIL")


def user_add(rt: "Runtime", args: argparse.Namespace) -> int:
    """An account with a role."""
    from panel import staff, teams

    who = staff.Newcomer(args.email, args.name, args.merchant, args.role)
    with rt.store.read() as tx:  # before anybody types a password in vain
        staff.check(tx, who)
        for team in args.team:
            teams.one_team(tx, args.merchant, team)
    password, is_told = read_password(args)
    with changing(rt) as hand:
        user = staff.add(hand, rt, who, password)
        for team in args.team:
            teams.join(hand, args.merchant, team, user)
    print(f"{args.email} is {args.role} at {args.merchant}")
    tell(password, is_told)
    if args.role == "agent" and not args.team:
        print(f"no calls come before a team is joined: ringdesk teams join {args.merchant} TEAM {args.email}")
    return 0


def user_list(rt: "Runtime", args: argparse.Namespace) -> int:
    """Everybody."""
    from panel import staff

    with rt.store.read() as tx:
        if args.merchant is not None:
            staff.merchant_of(tx, args.merchant)
        rows = staff.people(tx, None if args.merchant is None else [args.merchant])
    if args.json:
        return print_json([asdict(row) for row in rows])
    return table(
        ("E-MAIL", "NAME", "ROLES", "STATE"),
        [
            (row.email, row.name, ", ".join(f"{role} at {shop}" for shop, role in row.roles.items()) or "none",
             "disabled" if row.disabled_at else "active")
            for row in rows
        ],
        "no accounts yet; add one: ringdesk users add EMAIL --name NAME --merchant MERCHANT --role admin",
    )  # fmt: skip


def user_role(rt: "Runtime", args: argparse.Namespace) -> int:
    """Another role."""
    from panel import staff

    with changing(rt) as hand:
        staff.give_role(hand, rt, staff.by_email(hand.tx, args.email), args.merchant, args.role)
    is_none = args.role == staff.NO_ROLE
    print(f"{args.email} {'has no role' if is_none else f'is {args.role}'} at {args.merchant}")
    return 0


def user_disable(rt: "Runtime", args: argparse.Namespace) -> int:
    """Nobody signs in with it any more."""
    from panel import staff

    staff.disable(rt, whoever(), _id_of(rt, args.email))
    print(f"{args.email} is disabled: signed out everywhere and off shift")
    return 0


def user_enable(rt: "Runtime", args: argparse.Namespace) -> int:
    """May sign in again."""
    from panel import staff

    with changing(rt) as hand:
        staff.enable(hand, staff.by_email(hand.tx, args.email))
    print(f"{args.email} may sign in again")
    return 0


def user_password(rt: "Runtime", args: argparse.Namespace) -> int:
    """The old one is void."""
    from panel import staff

    _id_of(rt, args.email)  # before anybody types a password for nobody
    password, is_told = read_password(args)
    with changing(rt) as hand:
        staff.set_password(hand, staff.by_email(hand.tx, args.email), password)
    print(f"{args.email} has a new password and is signed out everywhere")
    tell(password, is_told)
    return 0


def user_phone(rt: "Runtime", args: argparse.Namespace) -> int:
    """A number that may be dialled for every merchant of the account."""
    from panel import own_phones, staff
    from voice.refusals import Refused

    try:
        with changing(rt) as hand:
            user = staff.by_email(hand.tx, args.email)
            number = own_phones.set_number(hand, rt, user, "" if args.number == "none" else args.number)
    except Refused as refused:
        raise own_phones.in_shell(refused) from refused
    print(f"{args.email} may take calls on {number}" if number else f"{args.email} has no phone")
    return 0


def user_calls(rt: "Runtime", args: argparse.Namespace) -> int:
    """From the next ring on."""
    from panel import own_phones, staff
    from voice.refusals import Refused

    try:
        with changing(rt) as hand:
            own_phones.choose(hand, rt, staff.by_email(hand.tx, args.email), args.where)
    except Refused as refused:
        raise own_phones.in_shell(refused) from refused
    print(f"calls of {args.email} come to the {args.where}")
    return 0


def user_shift(rt: "Runtime", args: argparse.Namespace) -> int:
    """For an agent without a desk; the end takes effect when a call that goes on is done."""
    from panel import own_phones

    state = own_phones.shift(rt, _id_of(rt, args.email), args.what)
    print(f"{args.email} is {state}")
    return 0


def user_sessions(rt: "Runtime", args: argparse.Namespace) -> int:
    """Open sessions."""
    from datetime import UTC, datetime

    from panel.sessions import sessions_of

    with rt.store.read() as tx:
        rows = sessions_of(tx, _id_of(rt, args.email), rt.now())
    if args.json:
        return print_json([asdict(row) for row in rows])
    return table(
        ("SESSION", "LAST USED", "ADDRESS", "BROWSER"),
        [
            (row.id, datetime.fromtimestamp(row.seen_at, UTC).isoformat(" ", "minutes"), row.address, row.browser[:60])
            for row in rows
        ],
        f"{args.email} is signed in nowhere",
    )  # fmt: skip


def user_sign_out(rt: "Runtime", args: argparse.Namespace) -> int:
    """The end of every session."""
    from panel import staff
    from panel.sessions import end_sessions

    with changing(rt) as hand:
        ended = end_sessions(hand, staff.by_email(hand.tx, args.email))
    print(f"{ended} session{'' if ended == 1 else 's'} of {args.email} ended")
    return 0


def _id_of(rt: "Runtime", email: str) -> str:
    from panel import staff

    with rt.store.read() as tx:
        return staff.by_email(tx, email).id
