"""A form read by its layout says what the form read in full says, and nothing gets through by the short way."""

import random
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.build import ACCOUNT_SID, BASE_URL, CALL_SID, TOKEN, Pairs, call_fields, signed_environ
from voice import guard
from voice.form import parse
from voice.guard import Admitted, Refusal, admit
from voice.layouts import MOST, Layouts
from voice.shapes import KNOWN, READ, Misshapen, read_fields
from voice.signature import Secrets, signed_text

TURN = call_fields(CallStatus="in-progress", Digits="1", FinishedOnKey="", msg="Gather End")
NAMES = sorted(KNOWN)
RIGHT = {
    "AccountSid": ACCOUNT_SID,
    "CallSid": CALL_SID,
    "CallStatus": "in-progress",
    "Digits": "1",
    "Direction": "inbound",
    "QueueResult": "bridged",
    "RecordingUrl": "https://api.example/x",
    "RecordingStartTime": "2018-03-25T09:53:19Z",
    "Timestamp": "Sun, 25 Mar 2018 09:53:19 +0000",
}


def read_in_full(body: bytes) -> tuple[str, dict[str, str]] | None:
    """What form.py and shapes.py say; None when a shape is wrong."""
    pairs = parse(body)
    try:
        return signed_text(pairs), read_fields(sorted(pairs))
    except Misshapen:
        return None


def learned(*names: str) -> Layouts:
    layouts = Layouts()
    layouts.learn(names)
    return layouts


values = st.one_of(
    st.text(max_size=12),
    st.sampled_from([*NAMES, "", "a=b&c", "%00", "\0", "+1%2B", "CAFrom", "É", "hangup", "true", "12", "\n"]),
    st.builds("{}{}{}".format, st.text(max_size=3), st.sampled_from(NAMES), st.text(max_size=3)),
)
others = st.lists(
    st.sampled_from([name for name in NAMES if name not in ("AccountSid", "CallSid")]), unique=True
)


@settings(max_examples=100, deadline=None)
@given(st.data(), others.map(lambda names: ["AccountSid", "CallSid", *names[:8]]).flatmap(st.permutations))
def test_a_layout_says_what_the_full_reading_says_or_nothing(data: st.DataObject, names: list[str]) -> None:
    pairs = [(name, data.draw(st.just(RIGHT.get(name, "")) | values)) for name in names]
    pairs = [(name, value.encode(errors="replace").decode()) for name, value in pairs]
    body = urlencode(pairs, quote_via=data.draw(st.sampled_from([quote, quote_plus]))).encode()

    reading = learned(*names).read(body)

    if reading is not None and reading.account_sid:
        assert (reading.signed, reading.fields) == read_in_full(body)


@pytest.mark.parametrize("name", sorted(READ))
def test_a_right_value_is_read_by_layout_and_a_wrong_one_is_left_to_the_full_reading(name: str) -> None:
    right = {"AccountSid": ACCOUNT_SID, "CallSid": CALL_SID, "Digits": "1"}
    fields = right | {name: RIGHT.get(name) or _fitting(name)}
    layouts = learned(*fields)

    reading = layouts.read(urlencode(fields).encode())
    assert reading is not None
    assert reading.fields == fields
    if READ[name].fits("\x01 no shape but words has this"):
        return
    assert layouts.read(urlencode(fields | {name: "\x01 no shape but words has this"}).encode()) is None


def _fitting(name: str) -> str:
    tries = ("12", "true", "0.5", "CA" + "3" * 32, "QU" + "3" * 32, "CF" + "3" * 32, "RE" + "3" * 32)
    words = ("completed", "in-progress", "leave", "conference-end", "both", "of_1", "#", "+12025550123")
    return next(one for one in (*tries, *words) if READ[name].fits(one))


@pytest.mark.parametrize(
    "body",
    [
        b"AccountSid&CallSid=",
        b"AccountSid=\0CallSid=&",
        b"AccountSid=%00CallSid=&CallSid=",
        b"AccountSid=\xc3\xa9&CallSid=",
        b"accountsid=&CallSid=",
        b"AccountSid=&CallSid=&",
        b"CallSid=&AccountSid=",
        b"",
    ],
)
def test_what_fits_no_layout_is_not_read_by_one(body: bytes) -> None:
    assert learned("AccountSid", "CallSid").read(body) is None


@pytest.mark.parametrize(
    "names",
    [
        ("CallSid", "To"),
        ("AccountSid", "CallSid", "CallSid"),
        ("AccountSid", "CallSid", "ToCarrier"),
        ("AccountSid", "CallSid", "(?:"),
    ],
)
def test_a_form_that_takes_judgement_makes_no_layout(names: tuple[str, ...]) -> None:
    assert not learned(*names)._known


def test_memory_has_an_end() -> None:
    draw, layouts = random.Random(5), Layouts()
    for _ in range(40):
        layouts.learn(draw.sample(list(TURN), k=len(TURN)))

    assert len(layouts._known[len(TURN)]) == MOST


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Layouts:
    """A guard that knows no layout yet."""
    layouts = Layouts()
    monkeypatch.setattr(guard, "_layouts", layouts)
    return layouts


def answer(fields: Pairs | dict[str, str], **how: str) -> Admitted | Refusal:
    environ, body = signed_environ("/voice/turn/x", fields, **how)
    return admit(environ, body, {ACCOUNT_SID: Secrets((TOKEN,))}.get, BASE_URL)


def test_only_genuine_and_right_requests_teach_a_layout(fresh: Layouts) -> None:
    answer(TURN, secret="x" * 32)
    answer(TURN | {"AccountSid": "AC" + "7" * 32})
    answer(TURN | {"CallStatus": "sleeping"})
    assert not fresh._known

    answer(TURN)
    assert fresh._known


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(TURN)), values)
def test_known_layout_or_not_the_guard_answers_alike(name: str, value: str) -> None:
    fields = TURN | {name: value.encode(errors="replace").decode()}
    for secret in (TOKEN, "x" * 32):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(guard, "_layouts", Layouts())
            first = answer(fields, secret=secret)
            answer(TURN)
            again = answer(fields, secret=secret)

        assert first == again
