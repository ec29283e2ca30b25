"""The shop's Celery tasks."""

from celery import shared_task

from shop.models import Order


# --8<-- [start:confirm]
@shared_task
def confirm_order(order_id):
    """Stands for the mail that a real shop would send."""
    order = Order.objects.get(pk=order_id)
    order.mailed = True
    order.save(update_fields=["mailed"])
    return order.reference
# --8<-- [end:confirm]
