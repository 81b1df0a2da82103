"""A client's key may write: it asks for and answers that client's offers, and writes nothing else."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("shared", "0004_key_owners"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="apikey", name="api_key_client_of_a_book"),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                name="api_key_client_of_a_book",
                condition=Q(book__isnull=True, client_id__isnull=True)
                | Q(
                    book__isnull=False,
                    client_id__isnull=False,
                    scopes__contained_by=["read", "write"],
                ),
            ),
        ),
    ]
