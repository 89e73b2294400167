"""The gateway's own settings, beside those that every process has."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.papers.quota import USUAL
from gateway.wire.limits import Limits

_WIRE = Limits()


class GatewaySettings(BaseSettings):
    """From environment variables `JIAOWU_GATEWAY_…`."""

    model_config = SettingsConfigDict(env_prefix="JIAOWU_GATEWAY_", frozen=True, extra="ignore")

    requests: int = 200
    """Requests at a time."""
    requests_of_one: int = 50
    """Requests at a time of one user, or of one address that nobody is signed in for."""
    connections: int = _WIRE.connections
    """Connections at a time."""
    connections_of_address: int = _WIRE.connections_of_address
    """Connections at a time of one address that is no proxy of ours."""
    keep_alive: int = _WIRE.keep_alive_seconds
    """Seconds that a connection is kept between two requests."""
    drain: float = _WIRE.drain_seconds
    """Seconds that requests under way may take when it is stopped."""
    in_flight: int = 64
    """Calls at a time to one service."""
    streams: int = 2000
    """Event streams at a time."""
    streams_per_user: int = 5
    user_rate: str = "3000/minute"
    """Requests of one signed-in user."""
    address_rate: str = "3000/minute"
    """Requests of one address that nobody is signed in for."""
    uploads_of_person: int = USUAL.person_mb
    """Megabytes that one user may upload on a day."""
    uploads_of_point: int = USUAL.point_mb
    """Megabytes that all users of a teaching point (or of the school) may upload on a day."""
    console: str = ""
    """Folder with the built console; without one the gateway serves the API alone."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-For is believed, as a JSON list."""
