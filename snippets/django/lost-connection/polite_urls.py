import lost_views
from django.urls import path
from polite import ready

urlpatterns = [*lost_views.urlpatterns, path("ready", ready)]
