"""Every service's database is as its tables declare: structure, row security, rights, and who may enter it."""

from collections.abc import Callable

import psycopg2
import pytest
from sqlalchemy.engine import make_url

from chassis.data.row_scope import app_role, owner_role
from chassis.declaring.service import Service, load
from chassis.testing.harness import PASSWORDS, ServiceHarness
from gateway.routes import SERVICES
from tests.chassis.provisioning.catalogue import catalogue_faults


@pytest.mark.parametrize("name", SERVICES)
def test_the_database_is_as_the_tables_declare(
    name: str, harness_of: Callable[[type[Service]], ServiceHarness]
) -> None:
    assert catalogue_faults(harness_of(load(f"services.{name}.service"))) == []


def test_every_login_role_enters_its_own_database_and_no_other(
    harness_of: Callable[[type[Service]], ServiceHarness], postgres_admin_url: str
) -> None:
    databases = [harness_of(load(f"services.{name}.service")).database.name for name in SERVICES]
    common = ["postgres", "template1"]
    entered = []
    for own in databases:
        for role, password in ((app_role(own), PASSWORDS.app), (owner_role(own), PASSWORDS.owner)):
            for database in (*databases, *common):
                url = make_url(postgres_admin_url).set(username=role, password=password, database=database)
                if _enters(url.set(drivername="postgresql").render_as_string(hide_password=False)):
                    entered.append((role, database))
    assert entered == [(role, own) for own in databases for role in (app_role(own), owner_role(own))]


def _enters(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError as error:
        if "permission denied for database" not in str(error):
            raise
        return False
    return True
