"""Publishing, the way back, the log, and drafts that only a test number hears."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete

from app import main
from callflows.faults import FlowFaults
from tests.build import SECRET
from tests.journeys.northwind import FLOW, NORTHWIND
from tests.journeys.shop import Shop
from voice import models
from voice.drafts import NoSuchNumber, drop_draft, set_draft
from voice.flow_log import Entry, NoSuchVersion, Stale, history, version
from voice.publish import Outcome, go_back, publish_files, publish_folder
from voice.runtime import Runtime

SECOND = FLOW.replace("Goodbye", "Farewell").replace("Thank you for calling", "Welcome to")
TEST_NUMBER = "+12025550109"


def entries(rt: Runtime) -> list[Entry]:
    with rt.store.read() as tx:
        return history(tx, "northwind")


def live(rt: Runtime) -> str:
    with rt.store.read() as tx:
        return tx.get_one(models.Merchant, "northwind").live_digest or ""


@pytest.fixture
def file(shop: Shop) -> Callable[[str], Path]:
    def written(text: str, name: str = "northwind.yaml") -> Path:
        path = shop.rt.settings.flows_dir / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def answering(shop: Shop, number: str) -> str:
    """The digest of the flow that answers a number."""
    flow = shop.rt.books.answering(number)
    assert flow is not None
    return flow.digest


def test_a_publish_is_written_down_with_who_and_why(shop: Shop, file: Callable[[str], Path]) -> None:
    first = live(shop.rt)

    (outcome,) = publish_files(shop.rt, [file(SECOND)], "mia", "friendlier")

    newest, oldest = entries(shop.rt)
    assert outcome == Outcome("northwind", live(shop.rt), first)
    assert (newest.by, newest.reason, newest.kind, newest.was_digest, newest.is_live) == (
        "mia", "friendlier", "published", first, True,
    )  # fmt: skip
    assert (oldest.by, oldest.kind, oldest.is_live) == ("start", "started", False)


def test_a_publish_that_means_the_same_writes_nothing(shop: Shop, file: Callable[[str], Path]) -> None:
    (outcome,) = publish_files(shop.rt, [file(f"# the same\n{FLOW}")], "mia")

    assert not outcome.is_new
    assert len(entries(shop.rt)) == 1


def test_one_broken_file_stops_all(shop: Shop, file: Callable[..., Path]) -> None:
    before = live(shop.rt)
    good = file(SECOND)
    bad = file(
        FLOW.replace("merchant: northwind", "merchant: marlow").replace("busy:\n", "busy: 1\n"), "marlow.yaml"
    )

    with pytest.raises(FlowFaults):
        publish_files(shop.rt, [good, bad], "mia")
    assert live(shop.rt) == before


def test_a_merchant_who_is_not_here_stops_all(shop: Shop, file: Callable[..., Path]) -> None:
    before = live(shop.rt)
    stranger = FLOW.replace("merchant: northwind", "merchant: marlow").replace(NORTHWIND, "+12025550140")

    with pytest.raises(LookupError, match="no merchant 'marlow'"):
        publish_files(shop.rt, [file(SECOND), file(stranger, "marlow.yaml")], "mia")
    assert live(shop.rt) == before


def test_back_returns_to_the_version_before_and_again_to_the_one_after(
    shop: Shop, file: Callable[[str], Path]
) -> None:
    first = live(shop.rt)
    publish_files(shop.rt, [file(SECOND)], "mia")
    second = live(shop.rt)

    assert go_back(shop.rt, "northwind", "ann", reason="too long") == Outcome("northwind", first, second)
    shop.rt.books.refresh()
    shop.sim.call(to=NORTHWIND).hears("Thank you for calling")
    assert entries(shop.rt)[0].kind == "returned"
    assert go_back(shop.rt, "northwind", "ann").digest == second


def test_back_goes_to_a_named_version_and_refuses_what_nobody_can_tell(
    shop: Shop, file: Callable[[str], Path]
) -> None:
    first = live(shop.rt)
    with pytest.raises(NoSuchVersion, match="never had another"):
        go_back(shop.rt, "northwind", "ann")
    publish_files(shop.rt, [file(SECOND)], "mia")

    assert go_back(shop.rt, "northwind", "ann", to=first[:8]).digest == first
    with pytest.raises(
        NoSuchVersion, match=r"no version begins with 'zz' at northwind; there is: .*" + first[:12]
    ):
        go_back(shop.rt, "northwind", "ann", to="zz")
    with shop.rt.store.read() as tx, pytest.raises(NoSuchVersion, match="several versions begin with ''"):
        version(tx, "northwind", "")


def test_who_looked_at_another_version_is_stopped(shop: Shop, file: Callable[[str], Path]) -> None:
    seen = live(shop.rt)
    publish_files(shop.rt, [file(SECOND)], "mia")

    with pytest.raises(Stale, match="live since you looked"):
        go_back(shop.rt, "northwind", "ann", expected=seen)


def test_a_way_back_survives_the_next_start(shop: Shop, file: Callable[[str], Path]) -> None:
    """The file in the folder is still the one that was taken back."""
    first = live(shop.rt)
    publish_files(shop.rt, [file(SECOND)], "mia")
    go_back(shop.rt, "northwind", "ann")

    publish_folder(shop.rt, shop.rt.settings.flows_dir)

    assert live(shop.rt) == first


def test_a_file_that_changed_again_is_published_at_start(shop: Shop, file: Callable[[str], Path]) -> None:
    publish_files(shop.rt, [file(SECOND)], "mia")
    go_back(shop.rt, "northwind", "ann")
    file(SECOND.replace("Farewell", "So long"))

    publish_folder(shop.rt, shop.rt.settings.flows_dir)

    assert entries(shop.rt)[0].kind == "started"


def test_a_restart_with_the_live_file_is_remembered(shop: Shop, file: Callable[[str], Path]) -> None:
    """Published from elsewhere, then started with the same file, then taken back: the start does not undo that."""
    first = live(shop.rt)
    publish_files(shop.rt, [file(SECOND)], "mia")
    publish_folder(shop.rt, shop.rt.settings.flows_dir)
    go_back(shop.rt, "northwind", "ann")
    publish_folder(shop.rt, shop.rt.settings.flows_dir)

    assert live(shop.rt) == first


def test_a_draft_answers_its_number_and_nobody_else_hears_it(shop: Shop, file: Callable[..., Path]) -> None:
    with shop.rt.write() as tx:
        account = tx.get_one(models.Merchant, "northwind").twilio_account_id
        tx.add(models.Number(merchant_id="northwind", e164=TEST_NUMBER, twilio_account_id=account))
    draft = set_draft(shop.rt, file(SECOND, "draft.yaml"), TEST_NUMBER, "mia")
    shop.rt.books.refresh()

    assert answering(shop, TEST_NUMBER) == draft.digest
    assert answering(shop, NORTHWIND) == live(shop.rt) != draft.digest
    drop_draft(shop.rt, TEST_NUMBER)
    shop.rt.books.refresh()
    assert answering(shop, TEST_NUMBER) == live(shop.rt)


def test_callers_of_the_test_number_hear_the_draft(shop: Shop, file: Callable[..., Path]) -> None:
    set_draft(shop.rt, file(SECOND, "draft.yaml"), NORTHWIND, "mia")
    shop.rt.books.refresh()
    shop.sim.call(to=NORTHWIND).hears("Welcome to Northwind")

    drop_draft(shop.rt, NORTHWIND)
    shop.rt.books.refresh()
    shop.sim.call(to=NORTHWIND).hears("Thank you for calling Northwind")


def test_a_draft_needs_a_number_of_its_merchant(shop: Shop, file: Callable[[str], Path]) -> None:
    with pytest.raises(
        NoSuchNumber, match=rf"northwind has no number \{TEST_NUMBER}; its numbers are: \{NORTHWIND}"
    ):
        set_draft(shop.rt, file(SECOND), TEST_NUMBER, "mia")
    with pytest.raises(NoSuchNumber, match="no draft answers"):
        drop_draft(shop.rt, TEST_NUMBER)


@pytest.fixture
def words(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setattr("voice.build.build_runtime", lambda _settings: shop.rt)
    return shop


def test_the_words_publish_back_log_and_draft(
    words: Shop, file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    first = live(words.rt)[:12]
    flow = str(file(SECOND))

    codes = [
        main(["flows", *line])
        for line in (
            ["publish", flow, "--why", "friendlier", "--by", "mia"],
            ["publish", flow],
            ["back", "northwind", "--by", "ann"],
            ["draft", flow, "--number", NORTHWIND, "--by", "mia"],
            ["log", "northwind"],
            ["draft", "--off", "--number", NORTHWIND],
        )
    ]

    second = (entries(words.rt)[0].was_digest or "")[:12]
    told = [line for line in capsys.readouterr().out.splitlines() if "flow published" not in line]
    assert codes == [0] * 6
    assert told[0] == f"northwind: {second} is live (was {first})"
    assert told[1] == "northwind: unchanged"
    assert told[2] == f"northwind: {first} is live (was {second})"
    assert told[3].startswith(f"{NORTHWIND} is answered by the draft {second}")
    assert told[4].startswith(f"* {first}  ")
    assert told[5].endswith("published  mia  friendlier")
    assert told[6].endswith("started    start")
    assert told[7] == f"d {second}  answers {NORTHWIND} as a draft, by mia"
    assert told[8] == f"{NORTHWIND} is answered by the live flow of northwind again"


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (["publish", "nowhere.yaml"], 2, "cannot open 'nowhere.yaml'"),
        (["back", "nobody"], 1, "there is no merchant 'nobody'"),
        (["back", "northwind", "--to", "zz"], 1, "no version begins with 'zz'"),
        (["log", "nobody"], 1, "there is no merchant 'nobody'"),
        (["draft", "--number", "123"], 2, "'123' is no telephone number"),
        (["draft", "--number", NORTHWIND], 2, "name the flow FILE"),
    ],
)
def test_wrong_words_say_the_way_out(
    words: Shop, line: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["flows", *line]) == code
    assert says in capsys.readouterr().err


def test_check_and_schema_know_the_people_where_the_database_is_at_hand(
    words: Shop, file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with words.rt.write() as tx:
        tx.execute(delete(models.QueueMember))
    text = FLOW.replace(
        'goodbye:\n    hangup: "Thank you. Goodbye."', "goodbye: {ring: anne, no_answer: bye}"
    )
    flow = str(file(text + '  bye: {hangup: "Goodbye."}\n'))

    codes = [main(["flows", "check", flow]), main(["flows", "check", "--live", flow])]
    checked = capsys.readouterr().out
    codes += [main(["flows", "schema", flow, "--live"])]
    offered = json.loads(capsys.readouterr().out)["definitions"]["step_ring"]["properties"]["ring"]["enum"]

    assert codes == [0, 1, 0]
    assert "no agent takes callers of 'orders'" in checked
    assert "there is no team or agent 'anne'; did you mean 'ann'? [person-unknown]" in checked
    assert offered == ["ann", "ben"]


def test_a_publish_tells_its_warnings_those_of_the_installation_too(
    words: Shop, file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with words.rt.write() as tx:
        tx.execute(delete(models.QueueMember))

    assert main(["flows", "publish", str(file(SECOND))]) == 0
    assert "[queue-without-members]" in capsys.readouterr().err


def test_the_text_of_a_version_can_be_had_again(words: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "log", "northwind", "--show", live(words.rt)[:6]]) == 0
    assert capsys.readouterr().out == FLOW


def test_a_setting_that_is_missing_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", "")

    assert main(["flows", "log", "northwind"]) == 2
    assert "SECRET_KEY is missing" in capsys.readouterr().err
