"""The catalogue in Django's terms, on the table that is there already."""

from django.db import models


class Item(models.Model):
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    sku = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(null=True)  # noqa: DJ001 - as in the table that all peers read
    category_id = models.IntegerField(null=True)
    unit = models.CharField(max_length=8)
    price = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    cost = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "items"

    def __str__(self):
        return self.name
