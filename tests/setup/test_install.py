"""Setting up a checkout: nothing twice, and one sentence when it cannot go on."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import assets, packages
from deploy.local.install import insist_on_writing
from deploy.local.stamps import digest, mark_done
from deploy.local.stop import Stop

BOOTSTRAP = Path(__file__).parents[2] / "deploy" / "local" / "bootstrap.py"
NOWHERE = "http://127.0.0.1:9"


def old_python(path: Path) -> subprocess.CompletedProcess[str]:
    """What the bootstrap does when Python 3.9 reads it and `path` is the PATH."""
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv = ['bootstrap.py', 'local'];"
        f"runpy.run_path({str(BOOTSTRAP)!r}, run_name='__main__')"
    )
    env = {**os.environ, "PATH": str(path)}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with locks that name things nobody has."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / "var").mkdir()
    for lock in packages.LOCKS.values():
        (tmp_path / lock).write_text(f"nobody-has-this==1.0 --hash=sha256:{'0' * 64}\n")
    (tmp_path / "package.json").write_text('{"dependencies": {"nobody-has-this": "1.0.0"}}')
    (tmp_path / "package-lock.json").write_text(
        '{"lockfileVersion": 3, "packages": {"": {"dependencies": {"nobody-has-this": "1.0.0"}},'
        '"node_modules/nobody-has-this": {"version": "1.0.0", "integrity": "sha512-' + "A" * 86 + '=="}}}'
    )
    return tmp_path


def test_any_python_3_can_read_the_bootstrap() -> None:
    ast.parse(BOOTSTRAP.read_text(encoding="utf-8"), feature_version=(3, 4))


def test_a_python_too_old_is_told_with_the_way_out(tmp_path: Path) -> None:
    told = old_python(tmp_path)

    assert told.returncode == 1
    assert told.stderr.startswith("ringdesk: this is Python 3.9 and Ringdesk needs 3.11 to 3.14; install one")


def test_a_fit_python_elsewhere_on_the_path_takes_over(tmp_path: Path) -> None:
    stand_in = tmp_path / "python3.12"
    stand_in.write_text('#!/bin/sh\necho took over: "$@"\n')
    stand_in.chmod(0o755)

    told = old_python(tmp_path)

    assert told.stdout == "took over: -m deploy.local.install local\n"


def test_a_python_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "python3.13"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)

    assert old_python(tmp_path).returncode == 1


def test_a_checkout_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda folder, _mode: folder != tmp_path)

    with pytest.raises(Stop, match=r"you may not write in .*; make the checkout yours"):
        insist_on_writing(tmp_path)


def test_a_package_index_that_does_not_answer_is_told(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"{NOWHERE}/simple")

    with pytest.raises(Stop, match="the package index did not answer; check the network"):
        packages.install(checkout, Path(sys.executable), "local")
    assert "nobody-has-this" in (checkout / "var" / "setup.log").read_text()


def test_an_npm_registry_that_does_not_answer_is_told(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", NOWHERE)
    monkeypatch.setenv("npm_config_cache", str(checkout / "cache"))

    with pytest.raises(Stop, match="the npm registry did not answer; check the network"):
        assets.fetch(checkout, Path(sys.executable))


def test_what_was_installed_is_not_installed_again(checkout: Path) -> None:
    mark_done(packages.stamp(checkout, "local"), digest(checkout / packages.LOCKS["local"]))

    packages.install(checkout, checkout / "no-python-is-started", "local")


def test_the_larger_lock_serves_for_the_smaller(checkout: Path) -> None:
    mark_done(packages.stamp(checkout, "dev"), digest(checkout / packages.LOCKS["dev"]))

    packages.install(checkout, checkout / "no-python-is-started", "local")


def test_a_changed_lock_is_installed(checkout: Path) -> None:
    mark_done(packages.stamp(checkout, "local"), "of the lock as it was")

    with pytest.raises(FileNotFoundError, match="python-is-started"):
        packages.install(checkout, checkout / "python-is-started", "local")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "DO NOT MATCH THE HASHES",
        ),
        ("", "pip could not install the lock"),
    ],
)
def test_pips_many_lines_become_one_sentence(output: str, sentence: str) -> None:
    assert sentence in packages.why_pip_failed(output)
