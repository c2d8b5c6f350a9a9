"""Our form parser reads what the standard library reads, within limits."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.form import MAX_BYTES, MAX_FIELDS, FormFault, parse

snippets = st.sampled_from(
    ["&", "=", "+", "%", "%2B", "%20", "%zz", "%E4%BD%A0", "%FF", "a", "B", "é", "1", ";"]
)
bodies = st.lists(snippets, max_size=40).map("".join).map(lambda text: text.encode("ascii", "ignore"))


@given(bodies | st.text(alphabet=st.characters(max_codepoint=127)).map(str.encode))
def test_any_body_reads_as_the_standard_library_reads_it(body: bytes) -> None:
    assert parse(body) == parse_qsl(body.decode(), keep_blank_values=True)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=20))
def test_what_was_encoded_comes_back(pairs: list[tuple[str, str]]) -> None:
    pairs = [
        (name.encode(errors="replace").decode(), value.encode(errors="replace").decode())
        for name, value in pairs
    ]

    assert parse(urlencode(pairs).encode()) == pairs


def test_the_largest_body_passes_and_one_byte_more_does_not() -> None:
    largest = b"a=" + b"x" * (MAX_BYTES - 2)

    assert len(parse(largest)) == 1
    with pytest.raises(FormFault, match="65537 bytes") as refused:
        parse(largest + b"x")
    assert refused.value.status == 413


def test_two_hundred_fields_pass_and_one_more_does_not() -> None:
    assert len(parse(b"&".join([b"a=1"] * MAX_FIELDS))) == MAX_FIELDS
    with pytest.raises(FormFault, match="more than 200 fields") as refused:
        parse(b"&".join([b"a=1"] * (MAX_FIELDS + 1)))
    assert refused.value.status == 413


def test_raw_bytes_are_no_form() -> None:
    with pytest.raises(FormFault, match="byte 2"):
        parse(b"a=\xff")
