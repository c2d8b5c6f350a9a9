"""A session is small, comes back as it was, and nothing else is taken for one."""

import hashlib
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callflows.remembered import OF_A_CALL
from callflows.session import BadSession, Session, cut

DIGEST = hashlib.sha256(b"a flow").hexdigest()
SESSIONS = st.builds(
    Session,
    flow=st.binary(min_size=32, max_size=32).map(bytes.hex),
    step=st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True),
    turn=st.integers(0, 600),
    started_at=st.floats(0, 4e9, allow_nan=False),
    tries=st.integers(0, 10),
    steps=st.integers(0, 600),
    consented=st.booleans(),
    in_fallback=st.booleans(),
    stage=st.integers(0, 3),
    counts=st.lists(st.tuples(st.text("0123456789abcdef", max_size=8), st.integers(1, 20)), max_size=5).map(
        tuple
    ),
    language=st.sampled_from(["", "en-US", "de-DE"]),
    side=st.sampled_from(["", "caller", "agent"]),
    records=st.sampled_from([None, True, False]),
    variables=st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=4).map(tuple),
)


@given(SESSIONS)
def test_a_session_comes_back_as_it_was(session: Session) -> None:
    assert Session.load(session.dump()) == session


@given(SESSIONS)
def test_equal_sessions_give_equal_bytes(session: Session) -> None:
    assert Session.load(session.dump()).dump() == session.dump()


def test_the_longest_plain_session_leaves_an_address_far_below_1024_characters() -> None:
    variables = (("number", "+123456789012345"), ("caller", "+123456789012345"))
    session = Session(DIGEST, "a" * 40, 550, 1_795_608_000.123456, 10, 550, True, True, variables)

    sealed = (len(session.dump()) + 16) * 4 / 3

    assert sealed < 300


@pytest.mark.parametrize(
    ("older", "language"),
    [
        (b"\x01" + bytes.fromhex(DIGEST) + b'["menu",3,1795608000.5,1,7,1,[["number","+12025550100"]]]', ""),
        (
            b"\x02"
            + bytes.fromhex(DIGEST)
            + b'["menu",3,1795608000.5,1,7,1,[["number","+12025550100"]],{"l":"de-DE"}]',
            "de-DE",
        ),
    ],
)
def test_a_session_of_an_older_version_is_still_read(older: bytes, language: str) -> None:
    """Calls in progress survive a new version of this program."""
    session = Session.load(older)

    number = (("number", "+12025550100"),)
    assert session == Session(
        DIGEST, "menu", 3, 1_795_608_000.5, 1, 7, True, False, number, language=language
    )
    assert cut(older) is None


@given(SESSIONS)
def test_a_dump_taken_apart_is_put_together_again(session: Session) -> None:
    parts = cut(session.dump())

    assert parts is not None
    assert parts.dump() == session.dump()
    assert parts.place == session.place()
    assert (parts.turn, parts.steps, parts.started_at) == (session.turn, session.steps, session.started_at)


@given(SESSIONS, SESSIONS)
def test_two_calls_share_a_place_only_if_they_differ_in_nothing_that_a_place_holds(
    one: Session, other: Session
) -> None:
    own = {
        "turn": other.turn,
        "steps": other.steps,
        "started_at": other.started_at,
        "variables": other.variables,
    }

    assert one.but(**own).place() == one.place()
    assert (one.place() == other.place()) == (one.but(**own) == other)


@pytest.mark.parametrize("field", [field.name for field in fields(Session) if field.name not in OF_A_CALL])
def test_whatever_is_not_a_calls_own_makes_another_place(field: str) -> None:
    """A new field of the session must get a place of its own, or turns would be remembered for the wrong callers."""
    other = {
        "flow": "ab" * 32,
        "counts": (("c", 1),),
        "step": "other",
        "language": "de-DE",
        "records": False,
        "side": "caller",
    }
    plain = Session(DIGEST, "menu", 0, 0.0)

    assert plain.but(**{field: other.get(field, True)}).place() != plain.place()


@pytest.mark.parametrize(
    "dumped",
    [
        b"",
        b"\x01",
        b"\x02" + b"x" * 40,
        b"\x03" + b"x" * 32 + b'["a",0,0,0,0,0,[]]',
        b"\x03" + b"\0" * 17 + b"\x30" + b"x" * 32 + b'["a",0,0,{},1] []',
        b"\x03" + b"\0" * 17 + b"\x29" + b"x" * 32 + b'["a",0,0]',
        b"\x04" + b"\0" * 17 + b"\x29" + b"x" * 32 + b'["a",0,0][]',
        b"\x02" + b"x" * 32 + b'["a",0,0,0,0,0,[]]',
        b"\x02" + b"x" * 32 + b'["a",0,0,0,0,0,[],[1]]',
        b"\x02" + b"x" * 32 + b'["a",0,0,0,0,0,[],{"c":7}]',
        b"\x01" + b"x" * 32,
        b"\x01" + b"x" * 32 + b"{}",
        b"\x01" + b"x" * 32 + b"[1]",
        b"\x01" + b"x" * 32 + b'["a",0,0,0,0,0,[1]]',
        b"\x01" + b"x" * 32 + b'["a",0,0,0,0,"x",[]]',
        b"\x01" + b"x" * 32 + b'["a",null,0,0,0,0,[]]',
        b"\x01" + b"x" * 32 + b"\xff",
        b"\x01" + b"x" * 32 + b"[" * 100_000,
    ],
    ids=lambda dumped: repr(dumped[:50]),
)
def test_other_bytes_are_no_session(dumped: bytes) -> None:
    with pytest.raises(BadSession):
        Session.load(dumped)
