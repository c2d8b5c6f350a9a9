"""What a browser may do with our pages: nothing but what the desk needs, told in headers on every answer."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from voice.settings import Settings

# Hosts of the Voice SDK's signalling and event gateway: voice-js.<edge>, eventgw.<region> (twilio-voice.js regions.ts).
TWILIO = ("https://*.twilio.com", "wss://*.twilio.com")


def security_headers(settings: Settings) -> Mapping[str, str]:
    """The same for every address."""
    headers = {
        "Content-Security-Policy": policy(settings),
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.origin.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def policy(settings: Settings) -> str:
    """Content-Security-Policy: our own files, our stream, the phone's signalling; nobody may frame us."""
    rules = {
        "default-src": ("'none'",),
        "script-src": ("'self'",),
        "style-src": ("'self'",),
        "img-src": ("'self'",),
        "media-src": ("'self'",),
        "connect-src": (
            "'self'",
            *both_schemes(settings.push_address),
            *both_schemes(settings.signalling_url),
            *TWILIO,
        ),
        "form-action": ("'self'",),
        "base-uri": ("'none'",),
        "frame-ancestors": ("'none'",),
    }
    return "; ".join(f"{name} {' '.join(dict.fromkeys(sources))}" for name, sources in rules.items())


def both_schemes(address: str) -> tuple[str, ...]:
    """An address as http and as WebSocket source; none for an empty one."""
    parts = urlsplit(address)
    if not parts.netloc:
        return ()
    secure = parts.scheme in ("https", "wss")
    return (
        f"{'https' if secure else 'http'}://{parts.netloc}",
        f"{'wss' if secure else 'ws'}://{parts.netloc}",
    )
