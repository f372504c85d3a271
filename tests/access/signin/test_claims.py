"""What an ID token must be, with keys of the test's own: each thing wrong with it alone refuses it."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from alignment_dash.access.signin.claims import Refusal, read_token, subject_of

MINE, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
ISSUER = "https://accounts.example"
SETTINGS = {"district_claim": "hd", "districts": ["a.example"], "trusted_domains": [], "verified_claim": "v"}


def keys(*of: Any, **said: Any) -> jwt.PyJWKSet:
    described = [
        {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": str(number), **said}
        for number, key in enumerate(of or [MINE])
    ]
    return jwt.PyJWKSet.from_dict({"keys": described})


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": "us", "sub": "s", "exp": now + 60, "iat": now, "nonce": "n"} | changed
    return {name: value for name, value in whole.items() if value is not None}


def token(said: dict[str, Any], key: Any = MINE, algorithm: str = "RS256", kid: str | None = "0") -> str:
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid} if kid else {})


def read(text: str, known: jwt.PyJWKSet | None = None, nonce_may_miss: bool = False) -> dict[str, Any]:
    return read_token(
        text,
        keys=known or keys(),
        issuer=ISSUER,
        client_id="us",
        nonce="n",
        nonce_may_miss=nonce_may_miss,
    )


def public_pem() -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return MINE.public_key().public_bytes(serialization.Encoding.PEM, form)


def signed_by_hand(said: dict[str, Any], header: dict[str, str], secret: bytes = b"") -> str:
    """A token as an attacker writes it, past what a library would sign."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    body = f"{part(json.dumps(header).encode())}.{part(json.dumps(said).encode())}"
    return f"{body}.{part(hmac.digest(secret, body.encode(), hashlib.sha256)) if secret else ''}"


def test_token_for_us_is_read():
    assert read(token(claims()))["sub"] == "s"
    assert read(token(claims(), kid=None))["sub"] == "s"
    assert read(token(claims(aud=["us"], azp="us")))["sub"] == "s"
    assert read(token(claims(nonce=None)), nonce_may_miss=True)["sub"] == "s"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://accounts.example.evil"},
        {"aud": "them"},
        {"azp": "them"},
        {"exp": int(time.time()) - 86_400},
        {"iat": int(time.time()) + 86_400},
        {"nonce": "other"},
        {"nonce": None},
        {"nonce": ""},
        {"sub": None},
        {"exp": None},
    ],
)
def test_token_with_one_thing_wrong_is_refused(changed):
    with pytest.raises(Refusal, match="token"):
        read(token(claims(**changed)))


def test_nonce_that_may_miss_may_not_be_wrong():
    with pytest.raises(Refusal, match="nonce"):
        read(token(claims(nonce="other")), nonce_may_miss=True)


def test_signature_by_no_key_of_the_provider_is_refused():
    with pytest.raises(Refusal, match="token"):
        read(token(claims(), key=OTHER))
    with pytest.raises(LookupError):
        read(token(claims(), key=OTHER, kid="9"))
    with pytest.raises(LookupError):
        read(token(claims(), kid=None), keys(MINE, OTHER))
    with pytest.raises(LookupError):
        read(token(claims()), keys(MINE, use="enc"))
    for forged in (
        signed_by_hand(claims(), {"alg": "none", "kid": "0"}),
        signed_by_hand(claims(), {"alg": "HS256", "kid": "0"}, public_pem()),
        token(claims(), algorithm="RS512"),
        "not.a.token",
        "",
    ):
        with pytest.raises(Refusal, match="token"):
            read(forged)


@pytest.mark.parametrize(
    ("said", "email"),
    [
        ({"email": " Ada@A.example ", "v": True}, "ada@a.example"),
        ({"email": "ada@a.example", "v": "true"}, "ada@a.example"),
        ({"email": "ada@a.example", "v": 1}, "ada@a.example"),
        ({"email": "ada@a.example", "v": False}, None),
        ({"email": "ada@a.example", "v": "no"}, None),
        ({"email": "ada@a.example"}, None),
        ({"email": "ada", "v": True}, None),
        ({"v": True}, None),
        ({"email": "a\0@a.example", "v": True}, None),
        ({"email": "ada@trusted.example"}, "ada@trusted.example"),
        ({"email": "ada@trusted.example.evil"}, None),
        ({"email": "ada@sub.trusted.example"}, None),
        ({"email": "ada@trusted.example@evil.example"}, None),
    ],
)
def test_address_counts_where_the_providers_word_holds(said, email):
    of = SETTINGS | {"trusted_domains": ["Trusted.example"]}
    subject = subject_of({"iss": ISSUER, "sub": "s", "hd": "A.example", **said}, of)
    assert (subject.email, subject.uid) == (email, "https://accounts.example s")


@pytest.mark.parametrize("said", [{}, {"hd": "b.example"}, {"hd": ""}, {"hd": None}, {"hd": ["a.example"]}])
def test_another_district_is_refused(said):
    with pytest.raises(Refusal, match="district"):
        subject_of({"iss": ISSUER, "sub": "s", "email": "ada@a.example", "v": True, **said}, SETTINGS)


@pytest.mark.parametrize("sub", ["", 7, "x" * 256])
def test_subject_must_be_a_name(sub):
    with pytest.raises(Refusal, match="sub"):
        subject_of({"iss": ISSUER, "sub": sub, "hd": "a.example"}, SETTINGS)
