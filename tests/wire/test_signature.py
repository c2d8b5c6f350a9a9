"""Our HMAC gives the official SDK's verdict, for both schemes and every kind of address and field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.wire.build import signature_of
from voice.signature import (
    PLAIN,
    Scheme,
    Secrets,
    base_variants,
    is_text_signed,
    read_scheme,
    sign,
    signed_text,
)

TOKEN = "12345"
VECTOR_FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675310"),
    ("Digits", "1234"),
    ("From", "+14158675310"),
    ("To", "+18005551212"),
]
OTHER_CALLER = [
    (name, "+14158675309" if name in ("Caller", "From") else value) for name, value in VECTOR_FIELDS
]
BODY_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
REPEATED = [
    ("Sid", "CA123"),
    ("SidAccount", "AC123"),
    ("Digits", "5678"),
    ("Digits", "1234"),
    ("Digits", "1234"),
]

names = st.text(min_size=0, max_size=6)
fields = st.lists(st.tuples(names, st.text(max_size=8)), max_size=8)
bases = st.sampled_from(
    [
        "https://calls.example",
        "https://calls.example:8443",
        "http://calls.example",
        "http://localhost:8000",
        "https://calls.example/prefix",
        "https://calls.example:443/prefix",
    ]
)
targets = st.sampled_from(
    ["/voice/incoming", "/voice/turn/AbC_-~.9", "/voice/leg/ca_x?k=call", "//voice//x?a=%2F&b="]
)


def is_signed(
    base: str,
    target: str,
    pairs: list[tuple[str, str]],
    signature: str,
    secrets: Secrets,
    scheme: Scheme = PLAIN,
) -> bool:
    """The verdict on a request whose form is not yet a text."""
    return is_text_signed(base, target + signed_text(pairs), signature, secrets, scheme)


class SdkForm(dict[str, list[str]]):
    """A form with repeated names, as the SDK reads it."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in pairs:
            self.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        return self[name]


@pytest.mark.parametrize(
    ("base", "target", "pairs", "signature"),
    [
        ("https://example.com", "/myapp.php?foo=1&bar=2", VECTOR_FIELDS, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        ("https://mycompany.com", "/myapp.php?foo=1&bar=2", OTHER_CALLER, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com", "/myapp.php?foo=1&bar=2", REPEATED, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        (
            "https://mycompany.com",
            f"/myapp.php?foo=1&bar=2&bodySHA256={BODY_HASH}",
            [],
            "a9nBmqA0ju/hNViExpshrM61xv4=",
        ),
    ],
)
def test_published_vectors_are_signed(
    base: str, target: str, pairs: list[tuple[str, str]], signature: str
) -> None:
    assert is_signed(base, target, pairs, signature, Secrets((TOKEN,)))
    assert not is_signed(base, target, pairs, signature, Secrets(("12346",)))
    assert sign(base + target, pairs, TOKEN) == signature


@given(bases, targets, fields, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]))
def test_what_the_sdk_signs_we_accept(
    base: str, target: str, pairs: list[tuple[str, str]], algorithm: str
) -> None:
    signature = signature_of(base + target, pairs, TOKEN, algorithm=algorithm)

    assert is_signed(base, target, pairs, signature, Secrets((TOKEN,)), Scheme(algorithm))


@given(bases, targets, fields, fields, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]), st.booleans())
def test_our_verdict_is_the_sdks_verdict(
    base: str,
    target: str,
    signed: list[tuple[str, str]],
    sent: list[tuple[str, str]],
    algorithm: str,
    same: bool,
) -> None:
    sent = signed if same else sent
    signature = signature_of(base + target, signed, TOKEN, algorithm=algorithm)

    theirs = RequestValidator(TOKEN).validate(base + target, SdkForm(sent), signature, algorithm)

    assert is_signed(base, target, sent, signature, Secrets((TOKEN,)), Scheme(algorithm)) == theirs


@pytest.mark.parametrize(
    "signed_at", ["https://calls.example", "https://calls.example:443", "https://calls.example:8443"]
)
@pytest.mark.parametrize(
    "base", ["https://calls.example", "https://calls.example:8443", "https://calls.example/"]
)
def test_port_variants_are_those_of_the_sdk(signed_at: str, base: str) -> None:
    signature = signature_of(signed_at + "/voice/incoming", VECTOR_FIELDS, TOKEN)

    theirs = RequestValidator(TOKEN).validate(
        base.rstrip("/") + "/voice/incoming", dict(VECTOR_FIELDS), signature
    )

    assert is_signed(base, "/voice/incoming", VECTOR_FIELDS, signature, Secrets((TOKEN,))) == theirs


def test_an_ipv6_host_keeps_its_address_without_the_port() -> None:
    assert base_variants("http://[::1]:8080") == (b"http://[::1]:8080", b"http://[::1]")
    assert base_variants("https://[::1]/x") == (b"https://[::1]/x", b"https://[::1]:443/x")


@pytest.mark.parametrize("signature", ["", "x", "é\udcff", "L/OH5YylLD5NRKLltdqwSvS0BnU"])
def test_a_missing_or_strange_signature_is_a_no(signature: str) -> None:
    assert not is_signed("https://example.com", "/x", VECTOR_FIELDS, signature, Secrets((TOKEN,)))


def test_an_account_without_secrets_accepts_nobody() -> None:
    signature = signature_of("https://example.com/x", VECTOR_FIELDS, "")

    assert not is_signed("https://example.com", "/x", VECTOR_FIELDS, signature, Secrets(("",)))


@pytest.mark.parametrize(
    ("header", "scheme"),
    [
        ("", Scheme()),
        ("key=k1,algorithm=HMAC_SHA256", Scheme("HMAC_SHA256", "k1")),
        (" algorithm = hmac_sha256 , key = k1", Scheme("HMAC_SHA256", "k1")),
        ("key=k1", Scheme("HMAC_SHA1", "k1")),
        ("key=k1,algorithm=", Scheme("HMAC_SHA1", "k1")),
        ("algorithm=MD5,algorithm=HMAC_SHA1", Scheme("MD5")),
        ("nonsense", Scheme()),
    ],
)
def test_the_settings_header_names_hash_and_key(header: str, scheme: Scheme) -> None:
    assert read_scheme(header) == scheme


def test_a_shared_key_signs_only_under_its_own_name() -> None:
    secrets = Secrets(("token",), (("k1", "one"), ("k2", "two")))
    by_two = signature_of("https://example.com/x", VECTOR_FIELDS, "two", algorithm="HMAC_SHA256")
    by_token = signature_of("https://example.com/x", VECTOR_FIELDS, "token", algorithm="HMAC_SHA256")

    def verdict(signature: str, scheme: Scheme) -> bool:
        return is_signed("https://example.com", "/x", VECTOR_FIELDS, signature, secrets, scheme)

    assert verdict(by_two, Scheme("HMAC_SHA256", "k2"))
    assert not verdict(by_two, Scheme("HMAC_SHA256", "k1"))
    assert not verdict(by_two, Scheme("HMAC_SHA1", "k2"))
    assert not verdict(by_two, Scheme("HMAC_SHA256"))
    assert not verdict(by_token, Scheme("HMAC_SHA256", "k2"))
    assert not verdict(by_two, Scheme("HMAC_MD5", "k2"))
