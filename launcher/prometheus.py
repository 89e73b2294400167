"""Prometheus, for the tests of the alarms: its programs are unpacked, nothing is installed and no server started."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from launcher.packages import SetUpError
from launcher.paths import LOCAL

PROGRAMS = ("prometheus", "promtool")
UNPACKED = LOCAL / "prometheus"


def programs() -> dict[str, Path] | None:
    """Where each of them is: on the system's path, or unpacked below .local/; None where they are not."""
    found = {name: shutil.which(name) or shutil.which(name, path=UNPACKED / "usr" / "bin") for name in PROGRAMS}
    return {name: Path(path) for name, path in found.items() if path} if all(found.values()) else None


def ensure_unpacked(log: Path) -> None:
    """Fetch Debian's package and unpack it below .local/, unless the programs are there.

    Its dependencies are for its web pages and its service, which nobody needs here. Raises SetUpError.
    """
    if programs():
        return
    UNPACKED.parent.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=UNPACKED.parent) as folder, log.open("ab") as output:
        try:
            subprocess.run(["apt-get", "download", "prometheus"], cwd=folder, stdout=output, stderr=output, check=True)
            (package,) = Path(folder).glob("*.deb")
            subprocess.run(["dpkg", "-x", str(package), f"{folder}/unpacked"], stdout=output, stderr=output, check=True)
        except (OSError, ValueError, subprocess.CalledProcessError):
            raise SetUpError(
                f"Prometheus, for the tests of the alarms, could not be fetched; see {log}.\n"
                "Have its programs prometheus and promtool on the path: sudo apt-get install prometheus"
            ) from None
        shutil.rmtree(UNPACKED, ignore_errors=True)
        Path(folder, "unpacked").replace(UNPACKED)
