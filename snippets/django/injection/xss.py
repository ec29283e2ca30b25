# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "celery[redis]", "dj-database-url", "gunicorn", "httpx",
#     "playwright", "psycopg[binary]",
# ]
#
# [tool.acked]
# starts = ["chromium"]
# environments = ["django-5-2"]
# timeout = 300
# ///
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlencode

import httpx

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from acked import environments
from acked.services import Gunicorn, browser
from shop.script import table

# --8<-- [start:payloads]
PAYLOADS = (
    "<script>document.title=1</script>",
    "<img src=/none onerror=document.title=1>",
    '"><script>document.title=1</script>',
    "</script><script>document.title=1</script>",
    "x src=/none onerror=document.title=1",
    "javascript:void(document.title=1)",
    "document.title=1",
    "';document.title=1//",
    "');document.title=1//",
    "${Reflect.set(document,/title/.source,1)}",
    ",document.title=1]//\\",
)
# --8<-- [end:payloads]
CONTEXTS = {
    "text": "`{{ x }}` as text",
    "quoted": "in a quoted attribute",
    "formatted": '`format_html("…{}…", x)`',
    "string": "in a script, in quotes",
    "escaped": "in a script, in quotes, `escapejs`",
    "data": "`json_script`",
    "unquoted": "in an attribute without quotes",
    "link": '`href="{{ x }}"`',
    "handler": "in quotes in `onclick`",
    "number": "in a script, without quotes",
    "two": "in a script, twice on a line in quotes",
    "backticks": "in a script, in backticks",
    "escaped_b": "in a script, in backticks, `escapejs`",
    "safe_filter": "`safe`",
    "autoescape_off": "`autoescape off`",
    "marked": '`mark_safe(f"…")`',
    "response": '`HttpResponse(f"…")`',
    "format_f_string": '`format_html(f"…")`',
}
CLICK = {"link": "a", "handler": "button"}
POLICIES = ("self", "nonce", "report")


def address(context, payload, policy="none"):
    page = (
        context if context in ("response", "format_f_string") else "profile"
    )
    return f"/{policy}/{page}?{urlencode({context: payload})}"


def runs(server, context, payload, policy="none"):
    page.goto(server.url + address(context, payload, policy))
    if context in CLICK:
        click(context)
    return page.title() == "1"


def click(context):
    """On the link or the button; wait if it leads to another page."""
    if context == "link" and page.evaluate("document.links[0].host"):
        with page.expect_navigation():
            page.click(CLICK[context])
    else:
        page.click(CLICK[context])
        page.wait_for_timeout(50)


def says(executed):
    return f"**{executed}**" if executed else "0"


def own(server, policy):
    """Whether the page's own script and its own onclick work."""
    page.goto(server.url + address("text", "1", policy))
    started = page.locator("body").get_attribute("class")
    page.click("button")
    greeted = page.locator("body").get_attribute("class")
    return started == "started", greeted == "greeted"


def html(server, context, payload):
    answer = client.get(server.url + address(context, payload))
    text = re.sub(r'nonce="[^"]*"', "", answer.text)
    return text if answer.is_success else answer.status_code


def of_5_2(context, executing):
    """The same bytes as from 6.1, or what came instead."""
    ours = [html(new, context, payload) for payload in PAYLOADS]
    theirs = [html(old, context, payload) for payload in PAYLOADS]
    if ours == theirs:
        return says(executing)
    assert set(ours) == {500}, context
    return says(sum(runs(old, context, payload) for payload in PAYLOADS))


paths = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
os.environ["PYTHONPATH"] = paths
with (
    Gunicorn(
        "shop.wsgi",
        PROJECT,
        env={"DJANGO_SETTINGS_MODULE": "csp_settings"},
    ) as new,
    Gunicorn(
        "shop.wsgi",
        PROJECT,
        env={
            **environments.variables("django-5-2"),
            "DJANGO_SETTINGS_MODULE": "xss_settings",
        },
    ) as old,
    httpx.Client() as client,
    browser() as chromium,
):
    page = chromium.new_page()
    rows = []
    for context, what in CONTEXTS.items():
        hits = [p for p in PAYLOADS if runs(new, context, p)]
        with_policy = [
            sum(runs(new, context, p, policy) for p in hits)
            for policy in POLICIES
        ]
        cells = [len(hits), *with_policy]
        if html(new, context, "x") == 500:
            cells = []
        rows.append(
            (
                what,
                of_5_2(context, len(hits)),
                *([says(cell) for cell in cells] or ["`TypeError`"] * 4),
            )
        )
    table(
        (
            f"payloads that ran, of {len(PAYLOADS)}",
            "5.2, no CSP",
            "6.1, no CSP",
            "`'self'`",
            "`'self'` and nonce",
            "report only",
        ),
        *rows,
        *(
            (what, "", *("works" if ok else "blocked" for ok in works))
            for what, works in zip(
                ("the page's own inline script", "the page's own `onclick`"),
                zip(*(own(new, p) for p in ("none", *POLICIES)), strict=True),
                strict=True,
            )
        ),
    )
