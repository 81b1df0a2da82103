"""The document store in an S3 bucket, of Amazon or of any server that speaks the same.

Uploads run side by side; `flush` waits for them. Each carries its SHA-256, so that the server
refuses bytes that were spoiled on the way.
"""

from base64 import b64encode
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from threading import local
from typing import Any, BinaryIO

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

AT_ONCE = 16
TAKEN = "PreconditionFailed"  # Somebody had stored the same bytes before.


class Bucket(S3Storage):
    """What S3Storage does, and the way in that the store of documents asks for (depot.Store)."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="usance-bucket")
        self._mine = local()  # Two requests of one process wait for their own uploads only.

    def put(self, place: str, data: bytes | BinaryIO) -> bool:
        """Begin to upload; what is there already is found by the server. Always "new": to ask
        first would cost as long as to send."""
        coming: deque[Future[None]] = self._coming()
        if len(coming) >= 2 * AT_ONCE:  # Bytes in memory stay bounded.
            coming.popleft().result()
        coming.append(self._pool.submit(self._upload, place, data))
        return True

    def flush(self) -> None:
        """Everything put by this thread is stored.

        :raises ClientError, BotoCoreError: if the store would not have one of them.
        """
        coming = self._coming()
        while coming:
            coming.popleft().result()

    def _coming(self) -> "deque[Future[None]]":
        if not hasattr(self._mine, "coming"):
            self._mine.coming = deque()
        found: deque[Future[None]] = self._mine.coming
        return found

    def _upload(self, place: str, data: bytes | BinaryIO) -> None:
        digest = bytes.fromhex(place.rpartition("/")[2])
        try:
            self.connection.meta.client.put_object(
                Bucket=self.bucket_name,
                Key=self._normalize_name(place),
                Body=data,
                ChecksumSHA256=b64encode(digest).decode(),
                IfNoneMatch="*",
            )
        except ClientError as refused:
            if refused.response["Error"]["Code"] != TAKEN:
                raise
