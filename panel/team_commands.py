"""ringdesk teams: who takes which queues, from the machine's shell."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from panel.shell import ArgumentWords, ask_first, changing, print_json, sure, table, word

if TYPE_CHECKING:
    from panel.teams import TeamRow
    from voice.runtime import Runtime


def add_teams(group: ArgumentWords) -> None:
    """The words after `ringdesk teams`."""
    word(group, "add", team_add, "a new team", "MERCHANT", "TEAM")
    listed = word(group, "list", team_list, "teams with their queues and agents")
    listed.add_argument("--merchant", metavar="MERCHANT")
    listed.add_argument("--json", action="store_true")
    word(group, "rename", team_rename, "another name; agents and queues stay", "MERCHANT", "TEAM", "NEW")
    ask_first(
        word(
            group, "remove", team_remove, "no team any more; its agents leave its queues", "MERCHANT", "TEAM"
        )
    )
    word(group, "join", team_join, "an agent takes the team's queues", "MERCHANT", "TEAM", "EMAIL")
    word(group, "leave", team_leave, "an agent leaves the team's queues", "MERCHANT", "TEAM", "EMAIL")
    word(group, "serve", team_serve, "the team takes a queue", "MERCHANT", "TEAM", "QUEUE")
    word(group, "unserve", team_unserve, "the team takes it no more", "MERCHANT", "TEAM", "QUEUE")


def team_add(rt: "Runtime", args: argparse.Namespace) -> int:
    """A team without anybody."""
    from panel import teams

    with changing(rt) as hand:
        teams.add_team(hand, args.merchant, args.team)
    print(f"{args.merchant} has a team {args.team}; give it queues and agents: ringdesk teams serve, join")
    return 0


def team_list(rt: "Runtime", args: argparse.Namespace) -> int:
    """Teams."""
    from panel import staff, teams

    with rt.store.read() as tx:
        if args.merchant is not None:
            staff.merchant_of(tx, args.merchant)
        rows = teams.teams(tx, args.merchant)
    if args.json:
        return print_json([asdict(row) for row in rows])
    return table(
        ("MERCHANT", "TEAM", "QUEUES", "AGENTS"),
        [
            (row.merchant_id, row.name, ", ".join(_queues(row)) or "none", ", ".join(row.members) or "none")
            for row in rows
        ],
        "no teams yet; add one: ringdesk teams add MERCHANT TEAM",
    )


def _queues(row: "TeamRow") -> list[str]:
    return [f"{queue} (by the flow)" if queue in row.by_flow else queue for queue in row.queues]


def team_rename(rt: "Runtime", args: argparse.Namespace) -> int:
    """Another name."""
    from panel import teams

    with changing(rt) as hand:
        teams.rename_team(hand, args.merchant, args.team, args.new)
    print(f"the team {args.team} of {args.merchant} is called {args.new} now")
    return 0


def team_remove(rt: "Runtime", args: argparse.Namespace) -> int:
    """No team."""
    from panel import teams

    with rt.store.read() as tx:
        team = teams.one_team(tx, args.merchant, args.team)
    if team.members:
        sure(args, f"Remove the team {args.team}? {teams.consequence(team)}")
    with changing(rt) as hand:
        teams.remove_team(hand, args.merchant, args.team)
    print(f"{args.merchant} has no team {args.team} any more")
    return 0


def team_join(rt: "Runtime", args: argparse.Namespace) -> int:
    """One more."""
    from panel import staff, teams

    with changing(rt) as hand:
        teams.join(hand, args.merchant, args.team, staff.by_email(hand.tx, args.email))
    print(f"{args.email} is in the team {args.team} of {args.merchant}")
    return 0


def team_leave(rt: "Runtime", args: argparse.Namespace) -> int:
    """One less."""
    from panel import staff, teams

    with changing(rt) as hand:
        teams.leave(hand, args.merchant, args.team, staff.by_email(hand.tx, args.email))
    print(f"{args.email} is not in the team {args.team} of {args.merchant}")
    return 0


def team_serve(rt: "Runtime", args: argparse.Namespace) -> int:
    """Takes a queue."""
    from panel import teams

    rt.books.refresh()
    flow = rt.books.live_flow(args.merchant)
    with changing(rt) as hand:
        teams.serve(hand, args.merchant, args.team, args.queue, flow.queues if flow is not None else ())
    print(f"the team {args.team} of {args.merchant} takes the queue {args.queue}")
    return 0


def team_unserve(rt: "Runtime", args: argparse.Namespace) -> int:
    """Takes it no more."""
    from panel import teams

    with changing(rt) as hand:
        teams.stop_serving(hand, args.merchant, args.team, args.queue)
    print(f"the team {args.team} of {args.merchant} does not take the queue {args.queue} any more")
    return 0
