"""The document store: one file for each content, written once and never half; on a disk, or
with USANCE_DOCUMENTS=s3://bucket/prefix in a bucket."""

import ctypes
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

BLOCK = 1024 * 1024  # Bytes of a file that are copied at a time.


class Store(Protocol):
    """Beside Django's storage: a short way in for content that names itself by its hash."""

    def put(self, place: str, data: bytes | BinaryIO) -> bool:
        """Keep the bytes under this name, which no other bytes ever have; may they be new?"""

    def flush(self) -> None:
        """What was put is stored and stays so. Only then may a row point to it."""


def backend(address: str, home: Path) -> dict[str, Any]:
    """The entry of Django's STORAGES for an address: nothing is `home`, else s3://bucket/prefix.

    Keys, region and the address of another server than Amazon's come from the environment as boto3
    reads it: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL_S3.
    """
    if not address:
        return {"BACKEND": "usance.shared.depot.Depot", "OPTIONS": {"location": home}}
    where = urlsplit(address)
    if where.scheme != "s3" or not where.hostname:
        raise ImproperlyConfigured(
            f"USANCE_DOCUMENTS is {address!r}. Write s3://bucket/prefix, or leave it out for files."
        )
    options = {
        "bucket_name": where.netloc,
        "location": where.path.strip("/"),
        "default_acl": None,
    }
    return {"BACKEND": "usance.shared.bucket.Bucket", "OPTIONS": options}


class Depot(FileSystemStorage):
    """On a disk."""

    def put(self, place: str, data: bytes | BinaryIO) -> bool:
        """Whether they were new.

        Whole before they get their name: who is killed in between leaves a file that nobody finds,
        and the next one begins anew. On the disk after `flush`, once for many files: flushed one
        by one they cost 2 ms each.
        """
        path = os.path.join(self.base_location, place)  # A Path costs more than this.
        if os.path.exists(path):
            return False
        coming = f"{path}.{os.getpid()}.{threading.get_ident()}.coming"
        try:
            handle = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        except FileNotFoundError:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        with os.fdopen(handle, "wb", buffering=0) as file:
            if isinstance(data, bytes):
                file.write(data)
            else:
                shutil.copyfileobj(data, file, BLOCK)
        os.replace(coming, path)
        return True

    def flush(self) -> None:
        """What was put is on the disk, with its name, and stays there when the power goes."""
        if sys.platform != "linux":
            os.sync()
            return
        handle = os.open(self.base_location, os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).syncfs(handle):
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), self.base_location)
        finally:
            os.close(handle)
