"""A buyer that pays a part of an e-invoice may say how much."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0045_references"),
    ]

    operations = [
        migrations.AddField(
            model_name="response",
            name="pays",
            field=models.DecimalField(decimal_places=3, max_digits=18, null=True),
        ),
    ]
