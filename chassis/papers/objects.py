"""An object store as this room uses it: calls wait in a real thread, and what is gone already is no error."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from chassis.base.blocking import in_real_thread

_LISTED = 1000


def object_store(url: str, *, tidy: bool = False) -> ObjectStore:
    """A local folder (`file:///…`) or any store that obstore knows (`s3://bucket/prefix`). A tidy folder loses the
    folders in it that are left empty."""
    folder = folder_of(url)
    return from_url(url) if folder is None else LocalStore(folder, mkdir=True, automatic_cleanup=tidy)


def folder_of(url: str) -> Path | None:
    """The folder that a store is, or None for another kind of store."""
    parts = urlsplit(url)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else None


def listed(store: ObjectStore, prefix: str) -> Iterator[list[tuple[str, datetime]]]:
    """The path of every object below a prefix, and when it was stored; a thousand at a time."""
    pages = iter(obstore.list(store, prefix=prefix, chunk_size=_LISTED))
    while page := in_real_thread(next, pages, None):
        yield [(found["path"], found["last_modified"]) for found in page]


def erase(store: ObjectStore, path: str) -> None:
    """Remove an object; none there is fine."""
    try:
        in_real_thread(obstore.delete, store, path)
    except FileNotFoundError:
        return
