"""Pages that show a visitor's input in many places."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import mark_safe

TEMPLATE_CONTEXTS = (
    "text quoted unquoted link handler safe_filter autoescape_off"
    " data number string two backticks escaped escaped_b"
).split()


# --8<-- [start:views]
def profile(request):
    context = {
        name: request.GET.get(name, "1") for name in TEMPLATE_CONTEXTS
    }
    marked = request.GET.get("marked", "1")
    context["marked"] = mark_safe(f"<b>{marked}</b>")
    formatted = request.GET.get("formatted", "1")
    context["formatted"] = format_html("<b>{}</b>", formatted)
    return render(request, "contexts.html", context)


def response(request):
    return HttpResponse(f"<p>{request.GET['response']}</p>")


def format_f_string(request):
    name = request.GET["format_f_string"]
    return HttpResponse(format_html(f"<b>{name}</b>"))
# --8<-- [end:views]


urlpatterns = [
    path("none/profile", profile),
    path("none/response", response),
    path("none/format_f_string", format_f_string),
]
