"""What production installs: one wheel with everything that pages load, so that no Node is needed there."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from panel.libraries import IN_WHEEL, LIBRARIES, wheel_files

ROOT = Path(__file__).parents[2]


def test_a_wheel_has_the_browser_libraries_with_their_licences_and_all_that_the_panel_serves(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")

    names = set(zipfile.ZipFile(wheel).namelist())

    for library in LIBRARIES.values():
        folder = f"{IN_WHEEL}/{library.package}"
        assert {f"{folder}/package.json", f"{folder}/{library.file}"} <= names
        assert any(name.startswith(f"{folder}/LICENSE") for name in names)
    ours = [
        *ROOT.glob("panel/static/*"),
        *ROOT.glob("panel/templates/*"),
        *ROOT.glob("voice/migrations/versions/0*.py"),
    ]
    assert {file.relative_to(ROOT).as_posix() for file in ours} <= names
    assert not any(name.startswith(("tests/", "simulator/", "node_modules/")) for name in names)


def test_a_build_without_the_libraries_stops_and_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"htmx.org is missing; run `make wheel`"):
        wheel_files(tmp_path)
