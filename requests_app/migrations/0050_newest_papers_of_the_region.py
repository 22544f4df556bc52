"""The region's newest certificates and refusals, without sorting millions of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_village_requests")]

    operations = [
        migrations.AddIndex(
            model_name="issuedcertificate",
            index=models.Index(fields=["-issued_at", "-id"], name="issued_newest"),
        ),
        migrations.AddIndex(
            model_name="refusal",
            index=models.Index(fields=["-refused_at", "-id"], name="refusal_newest"),
        ),
    ]
