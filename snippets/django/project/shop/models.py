"""What the shop keeps in its database."""

from django.conf import settings
from django.db import models


# --8<-- [start:books]
class Author(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self):
        return self.name


class Book(models.Model):
    title = models.CharField(max_length=80)
    author = models.ForeignKey(Author, models.CASCADE)
    stock = models.PositiveIntegerField(default=0)

    def __str__(self):
        return self.title
# --8<-- [end:books]


# --8<-- [start:order]
class Order(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True
    )
    reference = models.CharField(max_length=36)
    mailed = models.BooleanField(default=False)
# --8<-- [end:order]


# --8<-- [start:job]
class Job(models.Model):
    """A row of the database queue."""

    name = models.CharField(max_length=50)
    done = models.BooleanField(default=False)
    locked_until = models.DateTimeField(null=True)


class Execution(models.Model):
    """One start of a job's work, by whom: what an experiment counts."""

    job = models.ForeignKey(Job, models.CASCADE)
    worker = models.CharField(max_length=20)
# --8<-- [end:job]
