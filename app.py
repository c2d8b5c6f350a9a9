"""Where the parts meet: the web application, and the command `ringdesk`. Nobody imports this file."""

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PACKAGES = ("voice", "callflows", "recordings", "panel")
GROUPS = {
    "people": ("users", "teams", "merchants", "audit"),
    "call flows": ("flows",),
    "operation": ("migrate", "connect", "doctor", "jobs", "backup", "restore", "seed"),
    "processes, each to be kept running": ("web", "push", "clock", "worker"),
}


def create_app() -> Flask:
    """The web application of one process: Twilio's doors and the panel, with their loops running."""
    from panel import web as panel_web
    from voice import entrance
    from voice import web as voice_web
    from voice.build import build_runtime, keep_up
    from voice.publish import publish_folder
    from voice.settings import Settings

    rt = build_runtime(Settings(), waits=True)
    publish_folder(rt, rt.settings.flows_dir)
    app = Flask("ringdesk", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=64 * 1024, MAX_FORM_PARTS=200)
    voice_web.register(app, rt)
    panel_web.register(app, rt)
    entrance.install(app, rt)
    app.extensions["loops"] = keep_up(rt, "web")
    return app


def create_worker() -> "WSGIApplication":
    """The web application as granian's processes serve it: the doors of Twilio's first."""
    from voice.garbage import settle

    app = create_app()
    settle()
    return app.wsgi_app


def load() -> None:
    """Everything that `create_app` imports, before web's processes are forked: one that is begun anew answers at once."""
    for module in (
        "panel.web",
        "voice.build",
        "voice.entrance",
        "voice.garbage",
        "voice.publish",
        "voice.web",
    ):
        importlib.import_module(module)


def run_clock(_args: argparse.Namespace) -> int:
    """The clock with everything that it drives; several at once are safe."""
    from recordings.retention import expire_recordings
    from recordings.sweep import sweep
    from voice import clock
    from voice.build import build_runtime, keep_up
    from voice.metrics_sql import DatabaseFigures
    from voice.settings import Settings

    rt = build_runtime(Settings(), waits=True)
    keep_up(rt, "clock", DatabaseFigures(rt))
    return clock.run(rt, sweep, expire_recordings)


def run_doctor(args: argparse.Namespace) -> int:
    """Look at everything that this installation needs; 1 when something is wrong."""
    from recordings.storage import open_storage
    from voice.doctor.findings import as_json
    from voice.doctor.visit import visit
    from voice.settings import Settings

    settings = Settings()
    found = visit(settings, lambda: open_storage(settings.storage_url))
    print(as_json(found) if args.json else "\n".join(one.line() for one in found))
    return 0 if all(one.ok for one in found) else 1


class CommandLine(argparse.ArgumentParser):
    """Lists the words by what they are for."""

    words: "argparse._SubParsersAction[argparse.ArgumentParser]"

    def format_help(self) -> str:
        """What `ringdesk --help` prints."""
        texts = {one.dest: one.help for one in self.words._get_subactions()}
        grouped = [word for words in GROUPS.values() for word in words]
        rest = tuple(word for word in texts if word not in grouped)
        lines = ["usage: ringdesk WORD ...", "", str(self.description)]
        for title, words in (GROUPS | ({"more": rest} if rest else {})).items():
            lines += ["", f"{title}:", *(f"  {word:<11}{texts[word]}" for word in words if word in texts)]
        return "\n".join(
            [*lines, "", "each takes --help; settings are environment variables: docs/settings.md", ""]
        )


def command_line() -> CommandLine:
    """The words of `ringdesk`. Each package gives its own: `add_commands(subparsers)` in its commands.py.

    Every word sets `run`, a function of the parsed arguments that returns the exit code.
    """
    parser = CommandLine(prog="ringdesk", description="A telephone contact centre for merchants.")
    words = parser.words = parser.add_subparsers(
        metavar="WORD", required=True, parser_class=argparse.ArgumentParser
    )
    flows = None
    for package in PACKAGES:
        if importlib.util.find_spec(package) and importlib.util.find_spec(f"{package}.commands"):
            added = importlib.import_module(f"{package}.commands").add_commands(words)
            flows = added if package == "callflows" else flows
    if flows is not None:
        importlib.import_module("voice.flow_commands").add_words(flows)
    words.add_parser("clock", help="end what is due, decide again, sweep; one or more of them").set_defaults(
        run=run_clock
    )
    doctor = words.add_parser("doctor", help="look at everything that this installation needs")
    doctor.add_argument("--json", action="store_true", help="for machines")
    doctor.set_defaults(run=run_doctor)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one word of the command line; the exit code."""
    from voice.schema import WrongSchema
    from voice.settings import UnfitSettings
    from voice.store import StoreAway

    chosen = command_line().parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except (StoreAway, WrongSchema, UnfitSettings) as fault:
        print(f"ringdesk: {fault}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
