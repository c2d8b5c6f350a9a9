"""Browser libraries: npm packages that set-up fetched by package-lock.json, served by us under their version.

A wheel carries them (`make wheel`), so that production needs no Node.

The version is in the address, so browsers keep a library for a year and never show an old one.
"""

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_from_directory, url_for

from panel.libraries import IN_WHEEL, LIBRARIES
from panel.problems import Problem, not_found

assets = Blueprint("assets", __name__)

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / (IN_WHEEL if (ROOT / IN_WHEEL).is_dir() else "node_modules")
KEEP = "private, max-age=31536000, immutable"  # one year, the longest that RFC 9111 caches are asked for


@assets.get("/assets/npm/<name>@<version>.js")
def library(name: str, version: str) -> Response:
    """The file of a library, whole; an address with another version than the installed one is not found."""
    if name not in LIBRARIES or version != installed_version(name):
        raise not_found("file")
    wanted = LIBRARIES[name]
    answer = send_from_directory(PACKAGES, f"{wanted.package}/{wanted.file}", mimetype="text/javascript")
    answer.headers["Cache-Control"] = KEEP
    return answer


@assets.app_template_global()
def library_url(name: str) -> str:
    """The address of a library, for a page's script element."""
    return url_for("panel.assets.library", name=name, version=installed_version(name))


@cache
def installed_version(name: str) -> str:
    """What is in node_modules; a checkout without it says how to get it."""
    wanted = LIBRARIES[name]
    try:
        told = json.loads((PACKAGES / wanted.package / "package.json").read_text(encoding="utf-8"))
        if not (PACKAGES / wanted.package / wanted.file).is_file():
            raise FileNotFoundError(wanted.file)
    except (OSError, ValueError):
        raise Problem(
            503,
            "not_set_up",
            f"The browser library {wanted.package} is missing. Run `make setup`, then load this page again.",
        ) from None
    return str(told["version"])
