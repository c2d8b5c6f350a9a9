"""The tokens with which an agent's or a supervisor's browser may call in; it can receive nothing, and dial nobody by itself."""

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from voice.books import Account

LIFE_SECONDS = 4 * 3600


def access_token(identity: str, account: Account, now: float, seconds: int = LIFE_SECONDS) -> str:
    """A JWT for the browser SDK: outgoing grant only, to the app whose address is our fence."""
    token = AccessToken(
        account.account_sid,
        account.api_key_sid,
        account.secrets.api_key_secret,
        identity=identity,
        ttl=seconds,
        valid_until=int(now) + seconds,
        region=account.region or None,
    )
    token.add_grant(VoiceGrant(outgoing_application_sid=account.app_sid))
    return str(token.to_jwt())
