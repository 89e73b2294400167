"""A large school, written into the databases of the services: what lists, searches and reports are measured on.

    large_school.build(admin_url, "large")   # into `large_registry`, `large_courses` … as they are provisioned
    system = System(folder, …, prefix="large"); system.up()
    people = large_school.people(system)                 # who can sign in

A thousand thousand students in 300 teaching points over twenty intakes, three selections each, their bills, slips and
postings, and the copies that services keep of each other's rows. The same seed, scale and day make the same rows. No
person is meant. What is left out: the audit trail and the history of workflows, files, and accounts of most students.
"""

from tests.performance.large_school.building import build
from tests.performance.large_school.databases import Databases
from tests.performance.large_school.people import PASSWORD, People, people
from tests.performance.large_school.size import Size
from tests.performance.large_school.standing import databases_of, standing, system_in

__all__ = ("PASSWORD", "Databases", "People", "Size", "build", "databases_of", "people", "standing", "system_in")
