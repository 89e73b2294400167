"""What a command has done before it asks somebody outside stays, and nothing is open while it asks."""

import pytest

from chassis.base.context import system_context
from chassis.data.transactions import Transactions
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import command
from chassis.testing.harness import ServiceHarness
from contracts.errors import ServiceError
from tests.chassis.data.test_unit_of_work import POINT
from tests.chassis.example import AddParcel, ListParcels, ParcelView, add_parcel, list_parcels


def test_each_transaction_stays_whatever_becomes_of_the_next_and_none_is_open_between_them(
    example: ServiceHarness,
) -> None:
    def labels(uow: UnitOfWork) -> list[str]:
        return [parcel.label for parcel in list_parcels(ListParcels(), uow).items]

    def fail(uow: UnitOfWork) -> ParcelView:
        add_parcel(AddParcel(teaching_point_id=POINT, label="second"), uow)
        raise ServiceError("not_found")

    transactions = Transactions(example.database, system_context())
    transactions.run(lambda uow: add_parcel(AddParcel(teaching_point_id=POINT, label="first"), uow))
    assert example.database.pool.checkedout() == 0, "nobody holds a connection while somebody outside is asked"
    with pytest.raises(ServiceError, match="not_found"):
        transactions.run(fail)
    assert transactions.run(labels) == ["first"]


def test_a_command_whose_answer_would_be_kept_for_repeats_asks_nobody_outside() -> None:
    with pytest.raises(TypeError, match="AddParcel asks somebody outside: its answer is kept for no repeat"):
        command(add_parcel, outside=True)
