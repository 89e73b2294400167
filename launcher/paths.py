"""Where things are in the checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
LOGS = LOCAL / "logs"
SETUP_LOG = LOGS / "set-up.log"
SCRATCH = LOCAL / "test"


def service_names() -> list[str]:
    """The services of the tree: every folder of services/ that has a service.py."""
    return sorted(path.parent.name for path in ROOT.glob("services/*/service.py"))


def declaring(service: str) -> str:
    """The module that declares a service."""
    return f"services.{service}.service"
