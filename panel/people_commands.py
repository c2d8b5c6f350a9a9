"""ringdesk users | teams | merchants | audit: people and their places, from the shell of the machine."""

from panel.audit_commands import add_audit
from panel.shell import ArgumentWords, group
from panel.shop_commands import add_merchants
from panel.team_commands import add_teams
from panel.user_commands import add_users


def add_people(words: ArgumentWords) -> None:
    """ringdesk users | teams | merchants | audit"""
    add_users(group(words, "users", "add, list, change and close accounts"))
    add_teams(
        group(words, "teams", "add, list, rename and remove teams; who is in them and which queues they take")
    )
    add_merchants(group(words, "merchants", "add, list, disable and enable the shops of this installation"))
    add_audit(words)
