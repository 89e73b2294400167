"""The one-shot jobs that run before the services start: `python -m chassis.provisioning database
services.courses.service` and `… broker services.courses.service …`, from the environment (see `--help`)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence

from chassis.base.problems import SetUpProblem
from chassis.declaring.service import Service, load
from chassis.provisioning.broker import WATCHER, provision_broker
from chassis.provisioning.database import bring_up_to_date
from chassis.provisioning.roles import Passwords


def main(arguments: Iterable[str] | None = None) -> int:
    """The one-shot jobs. URLs and passwords come from the environment, so that no process list shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m chassis.provisioning",
        description="Make databases (from JIAOWU_POSTGRES_URL and JIAOWU_<SERVICE>_{OWNER,APP}_PASSWORD) or the"
        " broker's users and queues (from JIAOWU_AMQP_URL, JIAOWU_AMQP_MANAGEMENT_URL, JIAOWU_<NAME>_BROKER_PASSWORD;"
        " with JIAOWU_RENEW_DAMAGED=1 queues that the broker can't read are made anew, and the events in them lost).",
    )
    parser.add_argument("what", choices=("database", "broker"))
    parser.add_argument("services", nargs="+", help="modules that declare services, such as services.courses.service")
    parser.add_argument("--vhost", default="jiaowu")
    options = parser.parse_args(None if arguments is None else list(arguments))
    services = [load(path) for path in options.services]
    try:
        (_databases if options.what == "database" else _broker)(services, options)
    except SetUpProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


def _databases(services: Sequence[type[Service]], options: argparse.Namespace) -> None:
    for service in services:
        passwords = Passwords(_secret(service.name, "OWNER"), _secret(service.name, "APP"))
        bring_up_to_date(os.environ["JIAOWU_POSTGRES_URL"], service, f"jiaowu_{service.name}", passwords)
        sys.stdout.write(f"database of {service.name}: ready\n")


def _broker(services: Sequence[type[Service]], options: argparse.Namespace) -> None:
    users = {name: _secret(name, "BROKER") for name in [*(s.name for s in services), "gateway", WATCHER]}
    renew = bool(os.environ.get("JIAOWU_RENEW_DAMAGED"))
    amqp, management = os.environ["JIAOWU_AMQP_URL"], os.environ["JIAOWU_AMQP_MANAGEMENT_URL"]
    provision_broker(amqp, management, options.vhost, services, users, renew_damaged=renew)
    sys.stdout.write("broker: ready\n")


def _secret(name: str, kind: str) -> str:
    return os.environ[f"JIAOWU_{name.upper()}_{kind}_PASSWORD"]


if __name__ == "__main__":
    sys.exit(main())
