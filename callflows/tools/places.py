"""Where the files of a flow's tests are: in the folder `tests` beside it, under its name."""

from pathlib import Path

TESTS = "tests"


def tests_of(flow: Path) -> Path:
    """northwind.yaml -> tests/northwind.yaml"""
    return flow.parent / TESTS / flow.name


def flow_of(tests: Path) -> Path:
    """tests/northwind.yaml -> northwind.yaml"""
    return (
        tests.resolve().parent.parent / tests.name
        if not tests.parent.name
        else tests.parent.parent / tests.name
    )


def golden_of(tests: Path) -> Path:
    """tests/northwind.yaml -> tests/northwind.txt"""
    return tests.with_suffix(".txt")


def is_test(path: Path) -> bool:
    """Whether a file holds tests, not a flow."""
    return path.resolve().parent.name == TESTS


def test_files(paths: list[Path]) -> list[Path]:
    """The test files themselves, of flows theirs, of folders all; those of flows may not exist."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(sorted((path if path.resolve().name == TESTS else path / TESTS).glob("*.yaml")))
        else:
            found.append(path if is_test(path) else tests_of(path))
    return list(dict.fromkeys(found))
