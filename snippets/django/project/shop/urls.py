"""Which address shows which page."""

from django.urls import path

from shop import views

urlpatterns = [
    path("", views.home, name="home"),
    path("books/<int:book_id>/buy/", views.buy, name="buy"),
]
