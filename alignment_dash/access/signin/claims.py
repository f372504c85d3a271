"""What an identity provider's answer must say before anyone is let in. Pure: claims and settings in, a decision out.

OpenID Connect Core 1.0, section 3.1.3.7, has the checks of signature, issuer, audience, time and nonce; those of
the district and of the address are this product's.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

# Signed with a key that the provider alone has; the client's secret would sign HS256.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
# Seconds by which clocks may differ.
LEEWAY = 60
# Characters that allauth's table has for it.
LONGEST_UID = 191


class Refusal(Exception):
    """Why nobody was let in: a word of `refusals.py`; `detail` is for the log and names no person."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a provider says it is: `issuer` and `sub` name them for good; `email` only where its word for it holds."""

    issuer: str
    sub: str
    email: str | None

    @property
    def uid(self) -> str:
        """One text for both, as it is stored with the link."""
        return f"{self.issuer} {self.sub}"


def read_token(
    token: str, *, keys: jwt.PyJWKSet, issuer: str, client_id: str, nonce: str, nonce_may_miss: bool
) -> dict[str, Any]:
    """Return the claims of an ID token that was issued for us, now, and for the request with this nonce.

    Refusal("token") for anything else, LookupError for a signature by a key that is not among `keys`.
    """
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key = _key(keys, kid)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key.key,
            algorithms=[name for name in ALGORITHMS if name == key.algorithm_name],
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise Refusal("token", type(error).__name__) from error
    if claims.get("azp", client_id) != client_id:
        raise Refusal("token", "azp")
    said = claims.get("nonce")
    if not (said is None and nonce_may_miss) and not hmac.compare_digest(str(said), nonce):
        raise Refusal("token", "nonce")
    return claims


def _key(keys: jwt.PyJWKSet, kid: str | None) -> jwt.PyJWK:
    """Return the key that a token names; the only one where it names none."""
    signing = [key for key in keys.keys if key.public_key_use in {None, "sig"}]
    if kid is None and len(signing) == 1:
        return signing[0]
    for key in signing:
        if key.key_id == kid:
            return key
    raise LookupError(kid)


def subject_of(claims: Mapping[str, Any], settings: Mapping[str, Any]) -> Subject:
    """Return whom the claims name. Refusal("district") for someone of another district, Refusal("token") for nobody.

    settings: `district_claim` and `districts` (which district, by which claim), `verified_claim` (the claim that
    says whether the address is verified; empty: none is believed), `trusted_domains` (of addresses that hold
    without it, because the district itself gives them out).
    """
    district = str(claims.get(settings["district_claim"], "")).lower()
    if not district or district not in {one.lower() for one in settings["districts"]}:
        raise Refusal("district", settings["district_claim"])
    sub = claims["sub"]
    if not isinstance(sub, str) or not sub:
        raise Refusal("token", "sub")
    subject = Subject(issuer=claims["iss"], sub=sub, email=_verified_email(claims, settings))
    if len(subject.uid) > LONGEST_UID:
        raise Refusal("token", "sub")
    return subject


def _verified_email(claims: Mapping[str, Any], settings: Mapping[str, Any]) -> str | None:
    email = str(claims.get("email") or "").strip().lower()
    name, at, domain = email.rpartition("@")
    if not (name and at and domain) or "\0" in email:
        return None
    trusted = domain in {one.lower() for one in settings["trusted_domains"]}
    # Entra writes true as 1 or "1" in some tokens.
    vouched = claims.get(settings["verified_claim"]) if settings["verified_claim"] else None
    verified = str(vouched).lower() in {"true", "1"}
    return email if trusted or verified else None
