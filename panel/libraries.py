"""The npm packages whose files pages load; read by the panel, and by the build that puts them into the wheel."""

from pathlib import Path
from typing import NamedTuple


class Library(NamedTuple):
    """An npm package, and the one file of it that pages use."""

    package: str
    file: str


LIBRARIES = {
    "htmx": Library("htmx.org", "dist/htmx.min.js"),
    "twilio": Library("@twilio/voice-sdk", "dist/twilio.min.js"),
}
IN_WHEEL = "panel/npm"  # where an installation has them; a checkout has node_modules


def wheel_files(root: Path) -> dict[str, str]:
    """Each file of a checkout that a wheel must carry, and its place there; raises FileNotFoundError."""
    files: dict[str, str] = {}
    for library in LIBRARIES.values():
        package = root / "node_modules" / library.package
        wanted = [package / "package.json", package / library.file, *sorted(package.glob("LICENSE*"))]
        for file in wanted:
            if not file.is_file():
                raise FileNotFoundError(
                    f"the browser library {library.package} is missing; run `make wheel`, which fetches it"
                )
            files[str(file)] = f"{IN_WHEEL}/{library.package}/{file.relative_to(package).as_posix()}"
    return files
