"""A table is walked through by its ids: every row once, whatever the size of the page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, MetaData, Table, Text, Uuid, create_engine, insert, select

from chassis.base.ids import new_id
from chassis.data.keyset import keyset_page
from contracts.base import KeysetPage, KeysetQuery, View


class PaperView(View):
    id: UUID
    title: str


papers = Table("papers", MetaData(), Column("id", Uuid, primary_key=True), Column("title", Text))


@pytest.mark.parametrize("limit", [1, 3, 7, 10])
def test_every_row_comes_once_in_order_and_then_the_end_is_told(limit: int) -> None:
    engine = create_engine("sqlite://")
    ids = [new_id() for _ in range(7)]
    with engine.begin() as connection:
        papers.create(connection)
        connection.execute(insert(papers), [{"id": id_, "title": "论文"} for id_ in reversed(ids)])

        class Reader:
            @staticmethod
            def rows(statement: Any) -> Any:
                return connection.execute(statement).all()

        seen: list[UUID] = []
        after = None
        while True:
            query = KeysetQuery(after=after, limit=limit)
            page: KeysetPage[PaperView] = keyset_page(Reader(), query, PaperView, select(papers), papers.c.id)
            seen += [row.id for row in page.items]
            assert len(page.items) <= limit
            after = page.next_after
            if after is None:
                break
    assert seen == ids
