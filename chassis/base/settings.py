"""The settings of a process, from environment variables `JIAOWU_…`; nothing else configures a service."""

from functools import lru_cache
from typing import Final, Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

BACKLOG: Final = 1024
"""Connections that usually may wait for somebody to accept them."""


class Settings(BaseSettings):
    """One process's environment. URLs hold passwords, so they are secrets and never printed."""

    model_config = SettingsConfigDict(env_prefix="JIAOWU_", frozen=True, extra="ignore")

    database_url: SecretStr = SecretStr("")
    broker_url: SecretStr = SecretStr("")
    broker_watch_url: SecretStr = SecretStr("")
    files_url: str = ""
    heads_folder: str = ""
    """Where task processes write each day how far the audit trail is chained; nowhere where it is empty."""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    log_format: Literal["json", "console"] = "json"
    hung_after: int = 60
    """Seconds without a sign of life after which a process ends itself; 0 where somebody debugs it."""
    workers: int = 6
    pool_size: int = 8
    token_private_key: SecretStr = SecretStr("")
    token_private_key_file: str = ""
    token_public_key: str = ""
    http_address: str = "127.0.0.1:8000"
    http_backlog: int = BACKLOG
    """Connections that wait for somebody to accept them."""
    public_url: str = "http://127.0.0.1:8000"
    """Where people reach the gateway: it stands on documents, beside the code by which they are checked."""
    http_entrance: str = ""
    """Where the entrance hands out the socket of `http_address`; a gateway without one makes its own."""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
