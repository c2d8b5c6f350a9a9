"""Documented, or it fails: the map names what is there, and every word of make is explained."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES_A_PLACE = re.compile(
    r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md)|Procfile(?:\.dev)?)`|\]\((?!http)([^)#]+)\)"
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md", "docs/trying.md"])
def test_every_place_that_a_page_names_is_there(page: str) -> None:
    for in_code, in_link in NAMES_A_PLACE.findall(text_of(page)):
        place = (ROOT / page).parent / in_link if in_link else ROOT / in_code
        made_by_running = in_code.startswith(("var/", ".venv/", "node_modules/"))
        assert made_by_running or place.exists(), f"{page} names {in_code or in_link}"


@pytest.mark.parametrize("package", ["callflows", "panel", "recordings", "routing", "simulator", "voice"])
def test_the_readme_maps_every_package(package: str) -> None:
    assert f"`{package}/`" in text_of("README.md")


def test_make_help_explains_the_words_that_people_need() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    words = set(re.findall(r"^  make ([\w-]+) +\S", told, flags=re.MULTILINE))

    assert words >= {
        "help",
        "run",
        "smoke",
        "test",
        "check",
        "flows",
        "fix",
        "docs",
        "lock",
        "setup",
        "clean",
    }


def test_the_page_on_trying_names_every_setting_of_a_trial() -> None:
    read = re.findall(r'"([A-Z][A-Z_]+)"', text_of("deploy/local/place.py"))

    assert len(set(read)) >= 7
    for name in read:
        assert f"`{name}`" in text_of("docs/trying.md"), f"{name} is read, and not explained"
