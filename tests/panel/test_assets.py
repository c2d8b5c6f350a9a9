"""Browser libraries are npm packages under their version, and the page loads what its phone needs, in order."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from panel import assets, pages
from panel.assets import installed_version
from panel.libraries import LIBRARIES
from tests.panel.build import sign_in

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("shops")


def scripts(page: str) -> list[str]:
    return re.findall(r'<script[^>]* src="([^"]+)"', page)


def test_libraries_are_the_ones_of_the_lock_and_are_kept_for_a_year(app: Flask) -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    ann = sign_in(app.test_client(), "ann")

    for name, library in LIBRARIES.items():
        version = lock[f"node_modules/{library.package}"]["version"]
        answer = ann.get(f"/assets/npm/{name}@{version}.js")
        assert answer.status_code == 200
        assert answer.get_data() == (ROOT / "node_modules" / library.package / library.file).read_bytes()
        assert "max-age=31536000, immutable" in answer.headers["Cache-Control"]
        assert answer.mimetype == "text/javascript"


@pytest.mark.parametrize("path", ["htmx@0.0.1", "twilio@1.0", "leftpad@1.0", "..%2fpackage@1"])
def test_what_is_not_installed_is_not_found(app: Flask, path: str) -> None:
    assert sign_in(app.test_client(), "ann").get(f"/assets/npm/{path}.js").status_code == 404


def test_a_checkout_without_libraries_says_how_to_get_them(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = sign_in(app.test_client(), "ann")
    monkeypatch.setattr(assets, "PACKAGES", tmp_path)
    installed_version.cache_clear()

    answer = ann.get("/desk", headers={"Accept": "text/html"})

    assert answer.status_code == 503
    assert "Run `make setup`" in answer.get_data(as_text=True)


def test_in_production_no_page_turns_wss_into_ws(app: Flask) -> None:
    ann = sign_in(app.test_client(), "ann")
    for path in ("/desk", "/tickets", "/missed"):
        page = ann.get(path).get_data(as_text=True)
        assert "plain_ws" not in page
        assert [name for name in scripts(page) if "twilio@" in name]


@pytest.mark.parametrize("address", ["", "https://sounds.example/signal", "wss://sounds.example/signal"])
def test_signalling_with_tls_needs_no_module_of_ours(address: str) -> None:
    assert pages.plain_host(address) == ""


def test_in_a_trial_the_module_comes_before_the_sdk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = sign_in(app.test_client(), "ann")
    monkeypatch.setattr(pages, "plain_host", lambda _address: "localhost:8002")

    loaded = scripts(ann.get("/desk").get_data(as_text=True))

    places = [
        next(i for i, name in enumerate(loaded) if part in name) for part in ("plain_ws", "twilio@", "app.js")
    ]
    assert places == sorted(places)
    assert "/assets/plain_ws.js?host=localhost:8002" in loaded


def test_who_takes_no_calls_loads_no_phone(app: Flask) -> None:
    loaded = scripts(sign_in(app.test_client(), "sue").get("/tickets").get_data(as_text=True))

    assert not [name for name in loaded if "twilio" in name or "plain_ws" in name]
