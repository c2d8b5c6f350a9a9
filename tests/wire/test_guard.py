"""Nobody passes the guard but Twilio, and nothing passes but fields of the right shape."""

import random
import string
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from tests.wire.build import (
    ACCOUNT_SID,
    BASE_URL,
    CALL_SID,
    TOKEN,
    Environ,
    Sender,
    call_fields,
    every_sender,
    signature_of,
    signed_environ,
)
from voice import hear
from voice.guard import Admitted, Refusal, admit
from voice.hear import NotHeard
from voice.shapes import READ, UNREAD
from voice.signature import Secrets

OLD, OTHERS, SHARED = "b" * 32, "c" * 32, "d" * 40
OTHER_ACCOUNT = "AC" + "9" * 32
ACCOUNTS = {
    ACCOUNT_SID: Secrets((TOKEN, OLD), (("k1", SHARED),)),
    OTHER_ACCOUNT: Secrets((OTHERS,), (("k9", OTHERS),)),
}
PATH = "/voice/turn/AbC-_9"


def admitted(environ: Environ, body: bytes) -> Admitted | Refusal:
    return admit(environ, body, ACCOUNTS.get, BASE_URL)


def status_of(environ: Environ, body: bytes) -> int:
    answer = admitted(environ, body)
    return answer.status if isinstance(answer, Refusal) else 200


@pytest.mark.parametrize(
    "sender",
    every_sender(right=TOKEN, old=OLD, others=OTHERS, shared=("k1", SHARED)),
    ids=lambda s: "-".join(map(str, s)),
)
def test_only_a_live_secret_of_the_account_passes(sender: Sender) -> None:
    environ, body = signed_environ(
        PATH, secret=sender.secret, algorithm=sender.algorithm, shared_key_id=sender.shared_key_id
    )

    assert status_of(environ, body) == (200 if sender.is_let_in else 403)


def test_another_accounts_genuine_signature_does_not_open_this_account() -> None:
    environ, body = signed_environ(PATH, call_fields(AccountSid=OTHER_ACCOUNT), secret=OTHERS)

    answer = admitted(environ, body)

    assert isinstance(answer, Admitted)
    assert answer.account_sid == OTHER_ACCOUNT
    assert status_of(environ, body.replace(OTHER_ACCOUNT.encode(), ACCOUNT_SID.encode())) == 403


@pytest.mark.parametrize("account_sid", ["", "AC" + "5" * 32, "AC123", ACCOUNT_SID.upper() + "\n"])
def test_an_account_of_nobody_is_refused(account_sid: str) -> None:
    assert status_of(*signed_environ(PATH, call_fields(AccountSid=account_sid))) == 403


def test_two_accounts_in_one_request_are_refused() -> None:
    pairs = [*call_fields().items(), ("AccountSid", OTHER_ACCOUNT)]

    assert status_of(*signed_environ(PATH, pairs)) == 403


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS", "post"])
def test_only_post_is_heard(method: str) -> None:
    assert status_of(*signed_environ(PATH, method=method)) == 403


@pytest.mark.parametrize(
    "path", ["", "voice/turn", "/voice/tu rn", "/voice/%74urn", "/voice/é", "/voice/a?b", "/voice/\n"]
)
def test_a_path_that_decoding_could_change_is_refused(path: str) -> None:
    assert status_of(*signed_environ(path)) == 403


def test_the_caller_may_narrow_the_paths() -> None:
    environ, body = signed_environ(PATH)

    answer = admit(environ, body, ACCOUNTS.get, BASE_URL, path_ok=lambda path: path == "/voice/incoming")

    assert isinstance(answer, Refusal)
    assert answer.status == 403


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_only_forms_are_heard(content_type: str) -> None:
    assert status_of(*signed_environ(PATH, CONTENT_TYPE=content_type)) == 403


def test_forged_hosts_change_nothing() -> None:
    evil: dict[str, Any] = {
        "HTTP_HOST": "evil.example",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "SERVER_NAME": "evil.example",
    }

    assert status_of(*signed_environ(PATH, **evil)) == 200
    assert status_of(*signed_environ(PATH, base_url="https://evil.example", **evil)) == 403


def test_a_public_prefix_is_part_of_the_signed_address() -> None:
    environ, body = signed_environ(PATH, base_url="https://calls.example/desk")

    assert isinstance(admit(environ, body, ACCOUNTS.get, "https://calls.example/desk"), Admitted)
    assert isinstance(admit(environ, body, ACCOUNTS.get, "https://calls.example"), Refusal)


def test_the_query_is_signed_as_it_stands() -> None:
    environ, body = signed_environ(PATH, query="a=%2F&b=%C3%A9&c=x+y")

    assert status_of(environ, body) == 200
    assert status_of(environ | {"QUERY_STRING": "a=%2f&b=%C3%A9&c=x+y"}, body) == 403


@pytest.mark.parametrize("body", [b"x" * 65537, b"&".join([b"a=1"] * 201)])
def test_a_huge_request_is_refused_before_it_is_read(body: bytes) -> None:
    environ, _ = signed_environ(PATH)

    assert status_of(environ, body) == 413


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"&&&", b"=", b"%", b"AccountSid", b'{"a":1}'])
def test_garbage_is_refused_calmly(body: bytes) -> None:
    environ, _ = signed_environ(PATH)

    assert status_of(environ, body) == 403


def test_a_request_without_any_header_is_refused_calmly() -> None:
    assert status_of({}, b"") == 403
    assert status_of({"REQUEST_METHOD": "POST", "PATH_INFO": PATH}, b"") == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CallSid", "CA123"),
        ("CallSid", CALL_SID + "\n"),
        ("CallSid", CALL_SID.replace("1", "G")),
        ("CallStatus", "sleeping"),
        ("Direction", "sideways"),
        ("Digits", "12x"),
        ("Digits", "٣"),
        ("ConferenceSid", CALL_SID),
        ("RecordingSid", "RE1"),
        ("QueueSid", "QU"),
        ("QueueResult", "maybe"),
        ("QueueTime", "12.5"),
        ("QueuePosition", "٣"),
        ("SequenceNumber", "-"),
        ("DialBridged", "yes"),
        ("DialCallStatus", "ringing"),
        ("RecordingStatus", "done"),
        ("StatusCallbackEvent", "participant-explode"),
        ("FriendlyName", "a room"),
        ("RecordingUrl", "javascript:alert(1)"),
        ("RecordingStartTime", "yesterday"),
        ("offer", "../of_1"),
    ],
)
def test_a_signed_field_of_a_wrong_shape_is_a_bad_request(name: str, value: str) -> None:
    environ, body = signed_environ(PATH, call_fields(**{name: value}))

    answer = admitted(environ, body)

    assert isinstance(answer, Refusal)
    assert answer.status == 400
    assert name in answer.reason


@pytest.mark.parametrize(
    "twice", [("CallSid", "CA" + "2" * 32), ("CallSid", CALL_SID), ("CallSid", ""), ("From", "+15550100")]
)
def test_a_known_field_given_twice_is_a_bad_request(twice: tuple[str, str]) -> None:
    assert status_of(*signed_environ(PATH, [*call_fields().items(), twice])) == 400


def test_fields_that_nobody_knows_are_let_through_and_ignored() -> None:
    environ, body = signed_environ(
        PATH, call_fields(ToCarrier="Acme", SipHeader_X="1", AddOns='{"To":"CallerName"}')
    )

    answer = admitted(environ, body)

    assert isinstance(answer, Admitted)
    assert answer.fields.keys() <= READ.keys()
    assert answer.fields["CallSid"] == CALL_SID


@pytest.mark.parametrize(
    "caller", ["anonymous", "Toronto Taxi", "\x00\x0b", "sip:ann@pbx.example", "+266696687", "", "x" * 5000]
)
def test_a_strange_caller_is_still_a_caller(caller: str) -> None:
    assert status_of(*signed_environ(PATH, call_fields(From=caller, Caller=caller, CallerName=caller))) == 200


def test_twenty_thousand_altered_requests_are_all_refused() -> None:
    draw = random.Random(7)
    environ, _ = signed_environ(PATH)
    accepted = 0
    for _ in range(20_000):
        pairs = _altered(list(call_fields().items()), draw)
        accepted += status_of(environ, urlencode(pairs).encode()) not in (400, 403)

    assert accepted == 0


def _altered(pairs: list[tuple[str, str]], draw: random.Random) -> list[tuple[str, str]]:
    """The same fields with one of them changed, cut, glued, renamed, doubled, added or left out."""
    at = draw.randrange(len(pairs))
    name, value = pairs[at]
    letter = draw.choice(string.printable)
    spot = draw.randrange(len(value) + 1)
    kind = draw.randrange(7)
    if kind == 0:
        pairs[at] = (name, value[:spot] + letter + value[spot:])
    elif kind == 1:
        pairs[at] = (name, value[:spot] + value[spot + 1 :] if value[spot:] else value + letter)
    elif kind == 2:
        pairs[at] = (name[:-1], name[-1] + value)
    elif kind == 3:
        pairs[at] = (name + letter, value)
    elif kind == 4:
        del pairs[at]
    elif kind == 5:
        pairs.append((name, value + letter))
    else:
        pairs.insert(at, (draw.choice(sorted(READ.keys() - dict(pairs).keys())), letter))
    return pairs


def status_fields(**changed: str) -> dict[str, str]:
    """The fields of a room's event."""
    return {
        "AccountSid": ACCOUNT_SID,
        "CallSid": CALL_SID,
        "Coaching": "false",
        "ConferenceSid": "CF" + "2" * 32,
        "EndConferenceOnExit": "true",
        "FriendlyName": "ca_abcdefghijklmnopqrst-1",
        "Hold": "false",
        "Muted": "false",
        "SequenceNumber": "3",
        "StartConferenceOnEnter": "true",
        "StatusCallbackEvent": "participant-join",
        "Timestamp": "Sun, 25 Mar 2018 09:53:19 +0000",
    } | changed


def turn_fields(**changed: str) -> dict[str, str]:
    """The fields of a turn: keys were pressed."""
    return call_fields(CallStatus="in-progress", Digits="1", **changed)


@pytest.mark.parametrize(
    ("fields", "listen"),
    [
        (call_fields(), hear.incoming),
        (turn_fields(), hear.turn),
        (
            call_fields(
                CallStatus="in-progress", QueueResult="leave", QueueTime="12", QueueSid="QU" + "3" * 32
            ),
            hear.turn,
        ),
        (
            call_fields(CallStatus="in-progress", QueuePosition="1", QueueTime="12", CurrentQueueSize="3"),
            hear.wait,
        ),
        (
            call_fields(CallStatus="completed", CallDuration="12", Duration="1", SequenceNumber="3"),
            hear.call_status,
        ),
        (status_fields(), hear.room_event),
    ],
    ids=["incoming", "keys", "queue left", "waiting", "status", "room"],
)
def test_fields_cut_anew_under_the_same_signature_never_say_something_else(
    fields: dict[str, str], listen: hear.Listener
) -> None:
    """The signature glues names and values together; every way to cut two neighbours anew is tried."""
    environ, body = signed_environ(PATH, fields)
    genuine = admitted(environ, body)
    assert isinstance(genuine, Admitted)
    said = listen(genuine.fields)
    signature = environ["HTTP_X_TWILIO_SIGNATURE"]
    tried = 0
    for forged in _recut(sorted(parse_qsl(body.decode(), keep_blank_values=True))):
        if signature_of(BASE_URL + PATH, forged) != signature:
            continue
        tried += 1
        answer = admitted(environ, urlencode(forged).encode())
        if isinstance(answer, Admitted):
            try:
                assert listen(answer.fields) == said, forged
            except NotHeard:
                continue
    assert tried > 300


def _recut(pairs: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """All forms that differ in where one field is cut, or how two neighbours are."""
    forms = []
    for at, (name, value) in enumerate(pairs):
        glued = name + value
        forms += [
            [*pairs[:at], (glued[:cut], glued[cut:]), *pairs[at + 1 :]] for cut in range(len(glued) + 1)
        ]
    for at, (left, right) in enumerate(pairwise(pairs)):
        glued = "".join(left + right)
        forms += [
            [*pairs[:at], (glued[:cut], glued[cut:]), *pairs[at + 2 :]] for cut in range(len(glued) + 1)
        ]
        for middle in range(len(glued) + 1):
            forms.append(
                [*pairs[:at], (left[0], glued[len(left[0]) : middle]), (glued[middle:], ""), *pairs[at + 2 :]]
            )
            forms.append(
                [
                    *pairs[:at],
                    (left[0], glued[len(left[0]) : middle]),
                    (glued[middle : middle + len(right[0])], glued[middle + len(right[0]) :]),
                    *pairs[at + 2 :],
                ]
            )
    return [form for form in forms if sorted(form) != pairs]


def test_a_split_pair_with_the_same_signature_is_refused() -> None:
    whole = call_fields(CallerName="Bob", From="+14158675310FromCityParis")
    whole.pop("FromCity")
    split = whole | {"From": "+14158675310", "FromCity": "Paris"}
    environ, _ = signed_environ(PATH, split)

    assert status_of(environ, urlencode(split).encode()) == 200
    assert status_of(environ, urlencode(whole).encode()) == 400


def test_no_name_is_both_read_and_unread() -> None:
    assert not READ.keys() & UNREAD
