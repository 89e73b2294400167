"""Write the schemas. A change that would break a consumer is refused, unless it is said to be meant.

python -m contracts.schemas [--accept-breaking]
"""

import argparse
import sys

from contracts.schemas import generate
from contracts.schemas.compatibility import breaks


def main() -> int:
    """Returns the exit code: 1 when something would break."""
    parser = argparse.ArgumentParser(prog="python -m contracts.schemas", description="Write contracts/schemas/*.json.")
    parser.add_argument(
        "--accept-breaking",
        action="store_true",
        help="write although callers or readers break: only while none of them runs elsewhere",
    )
    accept = parser.parse_args().accept_breaking
    made, before = generate.documents(), generate.committed()
    broken = [
        f"{name}: {problem}"
        for name, old in before.items()
        for problem in (breaks(old, made[name]) if name in made else ["all of it is gone"])
    ]
    for problem in broken:
        sys.stderr.write(f"breaks: {problem}\n")
    if broken and not accept:
        sys.stderr.write("Nothing written. Make a new message or event version instead (--accept-breaking if meant).\n")
        return 1
    generate.write(made)
    sys.stdout.write(f"{len(made)} schema files written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
