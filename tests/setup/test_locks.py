"""The locks name one version of everything, with hashes, and nobody's addresses."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.local.lock import GROUPS
from deploy.local.packages import LOCKS

ROOT = Path(__file__).parents[2]
LEVELS = ("runtime", "local", "dev")


def text_of(level: str) -> str:
    return (ROOT / LOCKS[level]).read_text(encoding="utf-8")


def entries(level: str) -> dict[str, str]:
    """Name -> everything the lock says about it."""
    parts = re.split(r"^(?=\S)", text_of(level), flags=re.MULTILINE)
    return {part.split("==")[0].split("[")[0]: part for part in parts if part}


def files_of(level: str) -> dict[str, set[str]]:
    """Name -> version and hashes, whatever Python they are for."""
    return {name: set(re.findall(r"==\S+|sha256:\w+", said)) for name, said in entries(level).items()}


def wanted(level: str) -> list[Requirement]:
    """What pyproject.toml asks for at this level."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    words = project["project"]["dependencies"] + [word for group in GROUPS[level] for word in groups[group]]
    return [Requirement(word) for word in words]


@pytest.mark.parametrize("level", LEVELS)
def test_every_package_of_a_lock_has_hashes(level: str) -> None:
    assert all("--hash=sha256:" in said for said in entries(level).values())


@pytest.mark.parametrize("level", LEVELS)
def test_a_lock_names_no_addresses_and_no_paths(level: str) -> None:
    assert not re.search(r"https?:|file:|--index|--find-links|--extra|/", text_of(level))


@pytest.mark.parametrize("level", LEVELS)
def test_a_lock_fulfils_what_pyproject_asks_for(level: str) -> None:
    locked = {name: said.split("==")[1].split()[0] for name, said in entries(level).items()}

    for requirement in wanted(level):
        version = locked.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in {LOCKS[level]}; say: make lock"
        assert requirement.specifier.contains(version), (
            f"{requirement} is locked to {version}; say: make lock"
        )


@pytest.mark.parametrize(("smaller", "larger"), [("runtime", "local"), ("local", "dev")])
def test_a_larger_lock_holds_the_smaller_one(smaller: str, larger: str) -> None:
    assert files_of(smaller).items() <= files_of(larger).items()


def test_the_lock_of_browser_libraries_names_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))

    packages = [package for name, package in lock["packages"].items() if name]

    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package for package in packages)
