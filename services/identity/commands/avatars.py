"""One's own picture (IDN-3)."""

from __future__ import annotations

import io

from sqlalchemy import delete, insert, update

from chassis.base.blocking import in_real_thread
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from contracts.identity.avatar import SetAvatar
from contracts.identity.views import AccountView
from services.identity.steps.avatars import MOST_BYTES, TAKEN, drawn
from services.identity.steps.sessions import own_account
from services.identity.tables.users import avatars, users

_PURPOSE = "avatar"


def set_avatar(command: SetAvatar, uow: UnitOfWork) -> AccountView:
    """Draw the acting user's picture of an upload, which itself is not kept.

    Raises `file_too_large`, `file_type_not_allowed`, `file_missing`, `file_damaged`, `image_too_small`.
    """
    me = uow.acting_user
    upload = files.adopt(uow, command.file, purpose=_PURPOSE, allowed=TAKEN, max_bytes=MOST_BYTES)
    with files.open_file(uow, upload) as file:
        large, small = in_real_thread(drawn, file)
    kept_files = uow.tables["files"]
    uow.execute(delete(kept_files).where(kept_files.c.id == upload))  # nobody's then, and gone within the hour
    large_id, small_id = (
        files.keep(uow, io.BytesIO(picture), FileKind.JPEG, document=_PURPOSE) for picture in (large, small)
    )
    avatar_id = new_id()
    row = {"id": avatar_id, "user_id": me, "large_file_id": large_id, "small_file_id": small_id, "set_at": uow.now}
    uow.execute(insert(avatars).values(row))
    uow.execute(update(users).where(users.c.id == me).values(avatar_id=avatar_id))
    uow.audit(users, me, "set_avatar", after={"avatar_id": avatar_id})
    return own_account(uow)
