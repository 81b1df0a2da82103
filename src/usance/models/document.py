"""Every byte that came in or went out, by its SHA-256; and the counters of business numbers."""

from django.db import models


class Document(models.Model):
    """The bytes lie in the document store under their hash; here stands that they exist."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)  # As it was called when it came first.
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "document"

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number given in a series, without gaps: the row is locked until commit."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "counter"

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
