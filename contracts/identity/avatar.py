"""One's own picture (IDN-3)."""

from enum import StrEnum

from pydantic import Field

from contracts.base import Command, Query
from contracts.identity.views import AccountView
from contracts.types import FileReference


class AvatarSize(StrEnum):
    """How large a picture is sent: both are squares."""

    LARGE = "large"
    SMALL = "small"


class SetAvatar(Command, answers=AccountView):
    """Show another picture of oneself: PNG or JPEG up to 2 MB. A square out of its middle is drawn anew, without what
    a camera writes beside it. Pictures of before are kept. Refused: `file_too_large`, `file_type_not_allowed`,
    `file_missing`, `file_damaged`, `image_too_small`."""

    file: FileReference = Field(description="The picture, uploaded before.")


class GetAvatar(Query, answers=FileReference):
    """One's own picture. Refused: `not_found` where there is none."""

    size: AvatarSize = Field(default=AvatarSize.LARGE, description="Which of both.")
