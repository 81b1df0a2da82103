"""Documents on a disk and in a bucket: kept once, whole, before anything points to them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import override_settings
from moto.server import ThreadedMotoServer

from usance import models
from usance.actions import documents
from usance.actions.documents import Content, path
from usance.queries import doctor, parcels
from usance.shared import depot

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """A new bucket with which the store of documents works; a client that looks into it."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-north-1",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_ENDPOINT_URL_S3": s3,
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(
        Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"}
    )
    entry = depot.backend("s3://papers/live", Path("unused"))
    with override_settings(STORAGES=settings.STORAGES | {"documents": entry}):
        yield client
    for one in client.list_objects_v2(Bucket="papers").get("Contents", []):
        client.delete_object(Bucket="papers", Key=one["Key"])
    client.delete_bucket(Bucket="papers")


def contents(count: int) -> list[Content]:
    return [
        Content(data=f"Räkning {n}".encode() * 100, media_type="text/plain", name=f"{n}.txt")
        for n in range(count)
    ]


def keep(what: list[Content]) -> list[str]:
    with transaction.atomic():
        return documents.keep(what, at=AT)


def test_what_is_kept_in_a_bucket_is_read_back_and_the_doctor_finds_it(bucket: Any) -> None:
    hashes = keep(contents(70))

    assert [parcels.stored(one) for one in hashes] == [one.data for one in contents(70)]
    found = bucket.list_objects_v2(Bucket="papers")["Contents"]
    assert {one["Key"] for one in found} == {f"live/{path(one)}" for one in hashes}
    (answer,) = [a for a in doctor.examine(files=-1) if a.rule == "M22"]
    assert not answer.rows


def test_the_same_bytes_twice_are_one_object_that_stays_as_it_was(bucket: Any) -> None:
    (digest,) = keep(contents(1))
    before = bucket.head_object(Bucket="papers", Key=f"live/{path(digest)}")["LastModified"]

    assert keep(contents(1) * 2) == [digest, digest]

    after = bucket.head_object(Bucket="papers", Key=f"live/{path(digest)}")["LastModified"]
    assert after == before
    assert models.Document.objects.count() == 1


def test_a_bucket_that_is_gone_stops_the_row(bucket: Any, settings: Any) -> None:
    nowhere = depot.backend("s3://no-such-bucket", Path("unused"))
    with (
        override_settings(STORAGES=settings.STORAGES | {"documents": nowhere}),
        pytest.raises(ClientError),
    ):
        keep(contents(3))

    assert not models.Document.objects.exists()


def test_what_vanished_from_the_bucket_is_a_broken_promise(bucket: Any) -> None:
    first, second = keep(contents(2))
    bucket.delete_object(Bucket="papers", Key=f"live/{path(first)}")
    bucket.put_object(Bucket="papers", Key=f"live/{path(second)}", Body=b"forged")

    (answer,) = [a for a in doctor.examine(files=-1) if a.rule == "M22"]

    assert {(digest, says) for _, digest, says in answer.rows} == {
        (first, "is missing"),
        (second, "has other content"),
    }


def test_on_a_disk_the_same_store_is_a_folder(tmp_path: Path, settings: Any) -> None:
    entry = depot.backend("", tmp_path)
    with override_settings(STORAGES=settings.STORAGES | {"documents": entry}):
        (digest,) = keep(contents(1))

    assert (tmp_path / path(digest)).read_bytes() == contents(1)[0].data
    assert digest == sha256(contents(1)[0].data).hexdigest()


@pytest.mark.parametrize("address", ["papers", "http://papers/x", "s3://", "s3:///live"])
def test_an_address_that_is_none_says_what_to_write(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="s3://bucket/prefix"):
        depot.backend(address, Path("unused"))


def test_threads_that_keep_the_same_content_at_once_all_succeed(tmp_path: Path) -> None:
    store = depot.Depot(tmp_path)
    for nth in range(50):
        data, start = b"%d" % nth, threading.Barrier(4)

        def put(start: threading.Barrier = start, data: bytes = data) -> bool:
            start.wait()
            return store.put(path(sha256(data).hexdigest()), data)

        with ThreadPoolExecutor(4) as pool:
            done = [pool.submit(put) for _ in range(4)]
        assert any(one.result() for one in done)
    assert not list(tmp_path.rglob("*.coming"))
