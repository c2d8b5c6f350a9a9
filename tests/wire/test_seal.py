"""A sealed session opens on its own call only, with any live key, and never after a change."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.seal import SealBroken, Sealer, bound_to

OLD, NEW, FOREIGN = b"o" * 64, b"n" * 64, b"f" * 64
CALL, OTHER_CALL = "CA" + "1" * 32, "CA" + "2" * 32
SEALER = Sealer([NEW, OLD])


def sealed(plain: bytes = b"session", sealer: Sealer = SEALER) -> str:
    return sealer.seal(plain, bound_to(CALL, "turn"))


@given(st.binary(min_size=1, max_size=600))
def test_what_was_sealed_comes_back(plain: bytes) -> None:
    text = sealed(plain)

    assert SEALER.open(text, bound_to(CALL, "turn")) == plain
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert len(text) == -(-(len(plain) + 17) * 8 // 6)


def test_the_same_session_is_always_sealed_alike() -> None:
    assert sealed() == sealed() == Sealer([NEW]).seal(b"session", bound_to(CALL, "turn"))
    assert sealed() != sealed(b"another")


def test_a_session_cannot_be_moved_to_another_call_or_purpose() -> None:
    with pytest.raises(SealBroken):
        SEALER.open(sealed(), bound_to(OTHER_CALL, "turn"))
    with pytest.raises(SealBroken):
        SEALER.open(sealed(), bound_to(CALL, "wait"))
    with pytest.raises(SealBroken):
        SEALER.open(sealed(), bound_to("turn", CALL))


def test_a_session_sealed_with_the_old_key_opens_until_the_key_is_gone() -> None:
    text = sealed(sealer=Sealer([OLD]))

    assert SEALER.open(text, bound_to(CALL, "turn")) == b"session"
    assert text != sealed()
    with pytest.raises(SealBroken, match="key is gone"):
        Sealer([NEW]).open(text, bound_to(CALL, "turn"))


def test_two_keys_with_the_same_name_both_open() -> None:
    keys = [bytes([n % 256, n // 256]) * 32 for n in range(400)]
    sealer = Sealer(keys)

    for key in keys:
        assert sealer.open(sealed(sealer=Sealer([key])), bound_to(CALL, "turn")) == b"session"


def test_every_single_change_is_refused() -> None:
    text = sealed()
    changed = [
        text[:at] + other + text[at + 1 :]
        for at in range(len(text))
        for other in "AZaz09-_"
        if other != text[at]
    ]
    changed += [
        text[:-1],
        text + "A",
        text + "=",
        text + " ",
        " " + text,
        text[:4] + "." + text[4:],
        text + "\n",
    ]

    for forged in changed:
        with pytest.raises(SealBroken):
            SEALER.open(forged, bound_to(CALL, "turn"))


@given(st.text(max_size=80))
def test_garbage_is_a_broken_seal_and_nothing_else(text: str) -> None:
    with pytest.raises(SealBroken):
        SEALER.open(text, bound_to(CALL, "turn"))


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, b""]])
def test_a_bad_key_is_named_at_the_start(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="sealing key"):
        Sealer(keys)


def test_nothing_cannot_be_sealed() -> None:
    with pytest.raises(ValueError, match="nothing"):
        sealed(b"")
