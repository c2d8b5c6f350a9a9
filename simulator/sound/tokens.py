"""Access tokens: whether a browser may use the phone, and as whom (HS256, twilio-python's AccessToken)."""

import secrets
from dataclasses import dataclass
from typing import Any, Final

import jwt
from jwt.types import Options

LONGEST_SECONDS: Final = 86_400  # Twilio's 24 hours
CONTENT_TYPE: Final = "twilio-fpa;v=1"


@dataclass(frozen=True)
class Grant:
    """What a valid token says; `phone` is set on the tokens of customers' phone pages only."""

    identity: str
    account_sid: str
    app_sid: str
    incoming: bool
    expires_at: float
    phone: str = ""


class BadToken(Exception):
    """The token is refused; `code` is Twilio's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Gate:
    """The API keys of all accounts, and one key of our own for customers' phones."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, str]] = {}
        self._phone_key = "SK" + secrets.token_hex(16)
        self._phone_secret = secrets.token_hex(32)

    def admit(self, account_sid: str, keys: dict[str, str]) -> None:
        """Tokens signed with these API keys are good for this account from now on."""
        for key_sid, secret in keys.items():
            self._keys[key_sid] = (account_sid, secret)

    def phone_token(self, number: str, now: float) -> str:
        """A token for a customer's phone page, good for a day."""
        identity = "phone" + number.removeprefix("+")
        claims = {
            "iss": self._phone_key,
            "exp": int(now) + LONGEST_SECONDS,
            "nbf": int(now),
            "grants": {"identity": identity, "voice": {"incoming": {"allow": True}}},
            "phone": number,
        }
        return jwt.encode(claims, self._phone_secret, "HS256", headers={"cty": CONTENT_TYPE})

    def check(self, token: str, now: float) -> Grant:
        """The grant of a token, or BadToken with the code that the SDK shows."""
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss", "")
        except jwt.InvalidTokenError as error:
            raise BadToken(20101, f"AccessToken invalid: {error}") from error
        if issuer == self._phone_key:
            return self._grant(self._verified(token, self._phone_secret), "", now)
        if issuer not in self._keys:
            raise BadToken(20103, "Invalid Access Token issuer/subject")
        account_sid, secret = self._keys[issuer]
        claims = self._verified(token, secret)
        if claims.get("sub") != account_sid:
            raise BadToken(20103, "Invalid Access Token issuer/subject")
        return self._grant(claims, account_sid, now)

    @staticmethod
    def _verified(token: str, secret: str) -> dict[str, Any]:
        unchecked: Options = {
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
            "verify_aud": False,
        }
        try:
            if jwt.get_unverified_header(token).get("cty") != CONTENT_TYPE:
                raise BadToken(20102, "Invalid Access Token header")
            return dict(jwt.decode(token, secret, algorithms=["HS256"], options=unchecked))
        except jwt.InvalidSignatureError as error:
            raise BadToken(20107, "Invalid Access Token signature") from error
        except jwt.InvalidTokenError as error:
            raise BadToken(20101, f"AccessToken invalid: {error}") from error

    @staticmethod
    def _grant(claims: dict[str, Any], account_sid: str, now: float) -> Grant:
        expires_at, begins_at = claims.get("exp"), claims.get("nbf", 0)
        if not isinstance(expires_at, int) or not isinstance(begins_at, int):
            raise BadToken(20101, "AccessToken invalid: exp and nbf must be numbers")
        if now >= expires_at:
            raise BadToken(20104, "Access Token expired or expiration date invalid")
        if begins_at > now + 60:
            raise BadToken(20105, "Access Token not yet valid")
        if expires_at - max(begins_at, now) > LONGEST_SECONDS + 60:
            raise BadToken(20157, "Expiration Time in the Access Token Exceeds Maximum Time Allowed")
        grants = claims.get("grants")
        voice = grants.get("voice") if isinstance(grants, dict) else None
        if not isinstance(grants, dict) or not isinstance(voice, dict) or not grants.get("identity"):
            raise BadToken(20106, "Invalid Access Token grants")
        outgoing = voice.get("outgoing") or {}
        incoming = voice.get("incoming") or {}
        return Grant(
            identity=str(grants["identity"]),
            account_sid=account_sid,
            app_sid=str(outgoing.get("application_sid", "")),
            incoming=incoming.get("allow") is True,
            expires_at=float(expires_at),
            phone=str(claims.get("phone", "")) if not account_sid else "",
        )
