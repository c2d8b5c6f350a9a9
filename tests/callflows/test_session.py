"""A session is small, comes back as it was, and nothing else is taken for one."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callflows.session import BadSession, Session

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


def test_a_session_of_the_first_version_is_still_read() -> None:
    """Calls in progress survive a new version of this program, and a plain call still writes what the old one reads."""
    first = b"\x01" + bytes.fromhex(DIGEST) + b'["menu",3,1795608000.5,1,7,1,[["number","+12025550100"]]]'

    session = Session.load(first)

    assert session == Session(
        DIGEST, "menu", 3, 1_795_608_000.5, 1, 7, True, False, (("number", "+12025550100"),)
    )
    assert session.dump() == first


@pytest.mark.parametrize(
    "dumped",
    [
        b"",
        b"\x01",
        b"\x02" + b"x" * 40,
        b"\x03" + b"x" * 32 + b'["a",0,0,0,0,0,[]]',
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
