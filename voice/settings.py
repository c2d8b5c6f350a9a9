"""Every setting of an installation, each with a sentence of help; read once at start, then frozen."""

from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS = ("secret_key", "sealing_keys", "http_secrets")


class UnfitSettings(ValueError):
    """A setting without which nothing can begin; the sentence names it and the way out."""


class Settings(BaseSettings):
    """The environment's words, typed. A secret may be given as a file: SECRET_KEY_FILE=/run/secrets/key."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    public_base_url: str = Field(
        "http://localhost:8000", description="Address under which Twilio and browsers reach web."
    )
    host: str = Field("127.0.0.1", description="Address that web and push listen on.")
    web_port: int = Field(8000, description="Port of the web process.")
    push_port: int = Field(8001, description="Port of the push process, which streams to desks.")
    push_url: str = Field(
        "", description="Address of the push process as browsers see it; empty: same host, push port."
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="How many proxies of yours stand between browsers and web, each of which adds the address that it "
        "heard from to X-Forwarded-For. So many of its last entries are believed, for slowing down who guesses "
        "passwords and for the list of sessions. 0: the header is not looked at.",
    )
    web_workers: int = Field(1, description="Web processes behind the one port.")
    web_threads: int = Field(8, description="Blocking threads of each web process.")
    drain_seconds: float = Field(
        0.0,
        description="How long web goes on answering after SIGTERM while /readyz says that it drains, for load balancers.",
    )
    database_url: str = Field(
        "sqlite:///var/ringdesk.db", description="PostgreSQL or SQLite address of the truth."
    )
    redis_url: str = Field(
        "redis://localhost:8003/0", description="Redis or Valkey: doorbell of jobs, nudges, rate limits."
    )
    storage_url: str = Field(
        "file:var/recordings",
        description="Where recordings are kept: file:FOLDER, or s3://BUCKET/PREFIX?endpoint=URL&region=NAME.",
    )
    facts: Literal["behind", "before"] = Field(
        "behind",
        description="When the facts of a plain turn are committed: behind the answer (kill -9 may lose the last "
        "50 ms of them), or before it. What has an effect or may have to be proved is always committed before.",
    )
    flows_dir: Path = Field(
        Path("callflows/merchants"), description="Folder of the flow files that are published at start."
    )
    twilio_api_url: str = Field(
        "", description="Address of Twilio's REST API; empty: Twilio itself. The simulator's in trials."
    )
    signalling_url: str = Field("", description="Address of the simulator's signalling; empty in production.")
    secret_key: SecretStr = Field(
        SecretStr(""), description="Key for signed links and for secrets at rest; 32 random bytes in hex."
    )
    secret_key_file: Path | None = Field(None, description="File that holds SECRET_KEY.")
    sealing_keys: SecretStr = Field(
        SecretStr(""), description="Keys that seal call sessions into URLs, newest first, comma separated."
    )
    sealing_keys_file: Path | None = Field(None, description="File that holds SEALING_KEYS.")
    http_hosts: str = Field(
        "",
        description="Hosts that flows may ask (step http), comma separated, each as HOST or HOST:PORT; empty: none.",
    )
    http_private: bool = Field(
        False,
        description="Whether these hosts may have private addresses and plain http; for trials and own networks.",
    )
    http_secrets: SecretStr = Field(
        SecretStr(""), description="Secrets that flows name (bearer), comma separated: MERCHANT/NAME=VALUE."
    )
    http_secrets_file: Path | None = Field(None, description="File that holds HTTP_SECRETS.")
    dial_agent_hour: int = Field(
        40,
        ge=0,
        description="How many calls one agent may make within an hour, among them rings of the own phone and numbers that "
        "are asked or that a caller is sent to. 0: none.",
    )
    dial_merchant_hour: int = Field(
        300,
        ge=0,
        description="How many calls may go out for one merchant within an hour, among them forwards, agents' own phones and "
        "numbers that are asked.",
    )
    wrap_up_more_seconds: int = Field(
        60,
        ge=0,
        le=900,
        description="How much longer an agent's time for notes becomes with each click. 0: not at all.",
    )
    wrap_up_longest_seconds: int = Field(
        600,
        ge=0,
        le=3600,
        description="How long an agent's time for notes can become by such clicks, in all.",
    )
    metrics_port: int = Field(
        0,
        description="First private port for Prometheus, on HOST; each process takes the next free one. 0: none.",
    )
    log_format: str = Field("json", description="json for machines, text for a terminal.")

    def __init__(self, **given: Any) -> None:
        """Read the environment; raises UnfitSettings, which names each setting that cannot be."""
        try:
            super().__init__(**given)
        except ValidationError as fault:
            raise UnfitSettings("; ".join(map(_sentence, fault.errors()))) from None

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, given: dict[str, object]) -> dict[str, object]:
        for name in SECRETS:
            file = given.get(f"{name}_file")
            if file and not given.get(name):
                try:
                    given[name] = Path(str(file)).read_text(encoding="utf-8").strip()
                except OSError as fault:
                    raise ValueError(f"{name.upper()}_FILE cannot be read: {fault}") from fault
        return given

    @cached_property
    def push_address(self) -> str:
        """Where a desk opens its stream."""
        if self.push_url:
            return self.push_url
        parts = urlsplit(self.public_base_url)
        return f"{parts.scheme}://{parts.hostname}:{self.push_port}"

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port of our own pages, as a browser's Origin header says it."""
        parts = urlsplit(self.public_base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @cached_property
    def seal_keys(self) -> tuple[bytes, ...]:
        """The keys that seal sessions; derived from SECRET_KEY when none are given."""
        from hashlib import sha512

        texts = [key for key in self.sealing_keys.get_secret_value().split(",") if key.strip()]
        return tuple(
            sha512(b"seal:" + (text.strip()).encode()).digest() for text in texts or [self.secret_text]
        )

    @cached_property
    def asked_hosts(self) -> frozenset[str]:
        """The hosts that flows may ask."""
        return frozenset(host.strip().lower() for host in self.http_hosts.split(",") if host.strip())

    @cached_property
    def http_secret_table(self) -> dict[str, str]:
        """The secrets by MERCHANT/NAME."""
        entries = self.http_secrets.get_secret_value().replace("\n", ",").split(",")
        named = (entry.strip().partition("=") for entry in entries)
        return {name: value for name, _, value in named if value}

    @property
    def http_secret_values(self) -> tuple[str, ...]:
        """The secrets themselves, for hiding them in logs."""
        return tuple(self.http_secret_table.values())

    def http_secret_of(self, merchant_id: str, name: str) -> str | None:
        """A secret of one merchant, by the name that its flow uses."""
        return self.http_secret_table.get(f"{merchant_id}/{name}")

    @property
    def secret_text(self) -> str:
        """The secret key's text; a program without one does not start."""
        text = self.secret_key.get_secret_value()
        if len(text) < 32:
            raise UnfitSettings(
                "SECRET_KEY is missing or shorter than 32 characters; make one: openssl rand -hex 32"
            )
        return text


def _sentence(fault: ErrorDetails) -> str:
    name = ".".join(map(str, fault["loc"])).upper()
    said = fault["msg"].removeprefix("Value error, ")
    return f"{name} cannot be {fault['input']!r}: {said}" if name else said
