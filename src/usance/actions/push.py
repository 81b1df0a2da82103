"""Take in the browsers that want to be told, and let them go."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection, transaction

from usance import models
from usance.domain.distribution import Kind, State
from usance.domain.refusal import Refusal

LOOK_BACK = timedelta(days=3)  # Messages are sent on the day they are planned.
MOST = 20  # Browsers of one debtor; the oldest makes room.


class NoSubscription(Refusal):
    code = "no_push_subscription"
    todo = "Subscribe again in the browser."


@transaction.atomic
def subscribe(
    debtor_id: UUID,
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    page: str = "",
    services: str = "",
    at: datetime,
) -> models.PushSubscription:
    """Keep a browser. The same endpoint once: a browser that asks again has new keys.

    :param services: push services beside the browser makers', as the channel's setting has them.
    :raises NoSubscription: if the endpoint lies at no push service, or the keys are none.
    """
    _refuse_malformed(endpoint, p256dh, auth, services)
    debtor = models.Debtor.objects.select_for_update(no_key=True).get(pk=debtor_id)
    open_ones = models.PushSubscription.objects.filter(ended_at=None)
    open_ones.filter(endpoint=endpoint).update(ended_at=at, because="It subscribed again.")
    row = models.PushSubscription(
        debtor=debtor, endpoint=endpoint, p256dh=p256dh, auth=auth, page=_path(page), created_at=at
    )
    row.save(force_insert=True)
    newest = open_ones.filter(debtor=debtor).order_by("-created_at", "-id")[:MOST]
    open_ones.filter(debtor=debtor).exclude(pk__in=[one.pk for one in newest]).update(
        ended_at=at, because=f"{MOST} newer ones came."
    )
    return row


def unsubscribe(debtor_id: UUID, *, endpoint: str, at: datetime) -> bool:
    """The debtor's browser wants no more; whether it was there. Twice is as good as once."""
    ended = models.PushSubscription.objects.filter(
        debtor_id=debtor_id, endpoint=endpoint, ended_at=None
    ).update(ended_at=at, because="The browser ended it.")
    return bool(ended)


def end_gone(*, at: datetime) -> int:
    """End the browsers whose push service said that they are gone; how many."""
    from usance.plugins.channels import webpush  # Channels load their libraries when they are used.

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE push_subscription SET ended_at = %s, because = %s WHERE ended_at IS NULL"
            " AND id IN (SELECT (address->>'push')::uuid FROM dispatch"
            "  WHERE planned_at > %s AND kind = %s AND state = %s AND position(%s in detail) > 0)",
            [
                at,
                webpush.GONE[:200],
                at - LOOK_BACK,
                Kind.PUSH.value,
                State.FAILED.value,
                webpush.GONE,
            ],
        )
        return int(cursor.rowcount)


def _refuse_malformed(endpoint: str, p256dh: str, auth: str, services: str) -> None:
    from usance.plugins.channels import _push_secret, webpush

    try:
        webpush.service_of(endpoint, services)
        _push_secret.public_key(_push_secret.decode(p256dh))
        if len(_push_secret.decode(auth)) != 16 or len(endpoint) > 800:
            raise _push_secret.Malformed("the secret or the endpoint has a wrong length")
    except _push_secret.Malformed as malformed:
        raise NoSubscription(str(malformed)) from malformed


def _path(page: str) -> str:
    """A path of ours; what leads elsewhere is left out: a click must not carry a debtor away."""
    parts = urlsplit(page)
    is_ours = page.startswith("/") and not page.startswith("//") and not parts.netloc
    return page[:200] if is_ours and "\\" not in page else ""
