from django.conf import settings
from django.db import migrations, models

CASCADE = models.CASCADE


def identity():
    field = models.BigAutoField(
        auto_created=True,
        primary_key=True,
        serialize=False,
        verbose_name="ID",
    )
    return ("id", field)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL)
    ]
    operations = [
        migrations.CreateModel(
            "Author",
            [identity(), ("name", models.CharField(max_length=50))],
        ),
        migrations.CreateModel(
            "Book",
            [
                identity(),
                ("title", models.CharField(max_length=80)),
                ("author", models.ForeignKey("shop.author", CASCADE)),
                ("stock", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            "Order",
            [
                identity(),
                ("book", models.ForeignKey("shop.book", CASCADE)),
                (
                    "customer",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, CASCADE, null=True
                    ),
                ),
                ("reference", models.CharField(max_length=36)),
                ("mailed", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            "Job",
            [
                identity(),
                ("name", models.CharField(max_length=50)),
                ("done", models.BooleanField(default=False)),
                ("locked_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            "Execution",
            [
                identity(),
                ("job", models.ForeignKey("shop.job", CASCADE)),
                ("worker", models.CharField(max_length=20)),
            ],
        ),
    ]
