"""What time it is in the book: the world's, or the demo's that a simulation advances."""

from datetime import UTC, datetime

from usance.shared.models import Book


def now() -> datetime:
    """The moment that faces and jobs hand to actions, in UTC."""
    simulated = Book.objects.order_by("pk").values_list("simulated_at", flat=True).first()
    return simulated or datetime.now(UTC)


def simulated() -> bool:
    return Book.objects.filter(simulated_at__isnull=False).exists()


def advance(to: datetime) -> None:
    """Set the demo's clock. It never goes back."""
    book = Book.objects.order_by("pk").get()
    assert book.simulated_at is None or book.simulated_at <= to, "the clock goes forward"
    book.simulated_at = to
    book.save(update_fields=["simulated_at"])
