"""The shop's pages."""

from functools import partial

from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from shop.models import Book, Order
from shop.tasks import confirm_order


def home(request):
    books = Book.objects.select_related("author").order_by("title")
    return render(request, "home.html", {"books": books})


# --8<-- [start:buy]
@require_POST
def buy(request, book_id):
    book = get_object_or_404(Book, pk=book_id)
    with transaction.atomic():
        order = Order.objects.create(
            book=book, reference=request.POST["reference"]
        )
        transaction.on_commit(partial(confirm_order.delay, order.pk))
    return JsonResponse({"order": order.pk}, status=202)
# --8<-- [end:buy]
