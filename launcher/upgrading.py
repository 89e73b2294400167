"""`./jiaowu upgrade`: the running installation becomes that of the code that is here now, and people go on working."""

from launcher import rolling
from launcher.installation import Installation
from launcher.problems import NotReadyError
from launcher.steps import step


def upgrade(installation: Installation) -> None:
    """Databases, queues, then process after process; who watches over them is replaced too.

    Raises NotReadyError when it is not running, a database can't be migrated or a process does not get ready, and as
    `provision_broker`. What is replaced by then stays so, what is not goes on in the old version, and doing it again
    goes through all of it again; also when this was killed, which leaves processes that nobody watches over.
    """
    if not installation.is_up() and not installation.system().running():
        raise NotReadyError("The system is not running, so nothing is to be upgraded: ./jiaowu up starts what is here.")
    system = installation.system()
    with step("Databases are migrated") as tell:
        system.provision_databases(tell)
    with step("Users and queues are declared"):
        system.provision_broker()
    with installation.watch_handed_over(), step(f"All processes are replaced ({len(system.processes)})") as tell:
        rolling.roll(system, tell)
