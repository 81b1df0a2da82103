"""Users and keys of clients: each bound to one client in one book."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("shared", "0002_idempotency_keys"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="user",
            name="user_role_known",
        ),
        migrations.AddField(
            model_name="apikey",
            name="book",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="shared.book"
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="client_id",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="book",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="shared.book"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="client_id",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("intake", "Intake"),
                    ("verification", "Verification"),
                    ("credit", "Credit"),
                    ("finance", "Finance"),
                    ("collection", "Collection"),
                    ("cash", "Cash"),
                    ("operations", "Operations"),
                    ("admin", "Admin"),
                    ("client", "Client"),
                ],
                default="operations",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("book__isnull", True), ("client_id__isnull", True)),
                    models.Q(
                        ("book__isnull", False),
                        ("client_id__isnull", False),
                        ("scopes__contained_by", ["read"]),
                    ),
                    _connector="OR",
                ),
                name="api_key_client_of_a_book",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("book__isnull", False), ("client_id__isnull", False), ("role", "client")
                    ),
                    models.Q(
                        models.Q(("role", "client"), _negated=True),
                        ("book__isnull", True),
                        ("client_id__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="user_client_of_a_book",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "intake",
                            "verification",
                            "credit",
                            "finance",
                            "collection",
                            "cash",
                            "operations",
                            "admin",
                            "client",
                        ],
                    )
                ),
                name="user_role_known",
            ),
        ),
    ]
