"""How a number's settings ought to be, and how they differ: plain values, no requests."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from voice.links import OVERRIDES, Links

Settings = dict[str, str]

NAMES = (  # Twilio's names of the settings that decide where a call goes
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "status_callback",
    "status_callback_method",
    "voice_application_sid",
    "trunk_sid",
)


@dataclass(frozen=True)
class Difference:
    """One setting that is not as it ought to be."""

    name: str
    now: str
    wanted: str

    def line(self) -> str:
        """For a terminal."""
        return f"  {self.name:<24} {self.now or '(empty)'}\n  {'':<21}-> {self.wanted or '(empty)'}"


def wanted_settings(links: Links, fallback_url: str) -> Settings:
    """All settings of a connected number; without a fallback address, whatever the number has now stays."""
    settings = {
        "voice_url": links.incoming(),
        "voice_method": "POST",
        "status_callback": links.status(),
        "status_callback_method": "POST",
        "voice_application_sid": "",  # either of these two would win over voice_url
        "trunk_sid": "",
    }
    if fallback_url:
        address = fallback_url if "#" in fallback_url else fallback_url + OVERRIDES
        settings |= {"voice_fallback_url": address, "voice_fallback_method": "GET"}
    return settings


def differences(now: Settings, wanted: Settings) -> tuple[Difference, ...]:
    """What would be changed."""
    return tuple(
        Difference(name, now.get(name, ""), value)
        for name, value in wanted.items()
        if now.get(name, "") != value
    )


def warnings(links: Links, fallback_url: str) -> tuple[str, ...]:
    """What works, but not on a bad day."""
    said = []
    base, fallback = urlsplit(links.base_url), urlsplit(fallback_url)
    if base.scheme != "https":
        said.append(
            f"PUBLIC_BASE_URL is {links.base_url}: Twilio must reach it, and callers' data should go by https"
        )
    if not fallback_url:
        said.append(
            "the number has no fallback address of ours: when this installation is down, callers hear Twilio's error; "
            "upload the fallback file to another host, then connect again with --fallback-url"
        )
    elif fallback.hostname == base.hostname:
        said.append(
            f"the fallback address is on {fallback.hostname}, as the installation itself: both would be down together"
        )
    return tuple(said)
