"""`./jiaowu lock`: pins every package with hashes.

requirements.lock holds everything; requirements.run.lock the part of it that the images need, at the same versions;
requirements.node.lock what builds the console; requirements.uv.lock the program that installs the others.
"""

import os
import subprocess
import sys

from launcher.paths import ROOT

# The lock is the same for everybody: what this machine's pip is told about other indexes stays out of it.
OPTIONS = [
    "--quiet",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
]


def run(*, upgrade: bool) -> int:
    """Write the locks anew; `upgrade` takes the newest versions instead of keeping those pinned.

    Returns the exit code of the first pip-compile that failed, else 0.
    """
    newest = ["--upgrade"] if upgrade else []
    return (
        _write("requirements.uv.lock", *newest, "requirements.uv.in")
        or _write("requirements.lock", *newest, "requirements.in")
        or _write_part("run")
        or _write_part("node")
    )


def _write_part(name: str) -> int:
    """What is in requirements.lock too, at the same versions."""
    output, source = f"requirements.{name}.lock", f"requirements.{name}.in"
    return _write(output, "--upgrade", "--constraint", "requirements.lock", source)


def _write(output: str, *arguments: str) -> int:
    reach = {"PIP_CERT", "PIP_PROXY", "PIP_DEFAULT_TIMEOUT"}
    environment = {name: value for name, value in os.environ.items() if name[:4] != "PIP_" or name in reach}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "CUSTOM_COMPILE_COMMAND": "./jiaowu lock"}
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, "--output-file", output, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode
