# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
#     "gunicorn", "httpx",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# timeout = 120
# ///
import re

import httpx

from csrf_shop import orders, serve, table

TOKEN = re.compile('name="csrfmiddlewaretoken" value="([^"]+)"')


def visit(server):
    """A new visitor who has opened the form; the token in it."""
    client = httpx.Client(base_url=server.url)
    return client, token_for(client)


def token_for(client):
    return TOKEN.search(client.get("/form").text)[1]


def no_cookie(client, token):
    return httpx.post(client.base_url.join("/order"))


def no_token(client, token):
    return client.post("/order")


def bare_form(client, token):
    fields = TOKEN.findall(client.get("/bare-form").text)
    return client.post("/order", data={"csrfmiddlewaretoken": fields})


def token_in_form(client, token):
    return client.post("/order", data={"csrfmiddlewaretoken": token})


def token_of_another(client, token):
    _, another = visit(server)
    return client.post("/order", data={"csrfmiddlewaretoken": another})


def second_token(client, token):
    assert token != token_for(client)  # masked anew, the same secret
    return client.post("/order", data={"csrfmiddlewaretoken": token})


# --8<-- [start:planted]
def planted_cookie(client, token):
    client.post("/sign-in", data={"csrfmiddlewaretoken": token})
    stranger, another = visit(server)
    for name in stranger.cookies.keys() & {"csrftoken"}:
        # A sibling subdomain can set a cookie for the whole domain.
        value = stranger.cookies[name]
        client.cookies.set(name, value, domain="127.0.0.1", path="/")
    return client.post("/order", data={"csrfmiddlewaretoken": another})
# --8<-- [end:planted]


def after_login(client, token):
    client.post("/sign-in", data={"csrfmiddlewaretoken": token})
    return client.post("/order", data={"csrfmiddlewaretoken": token})


def json_alone(client, token):
    return client.post("/order", json={"copies": 1})


def json_with_header(client, token):
    headers = {"X-CSRFToken": token}
    return client.post("/order", json={"copies": 1}, headers=headers)


def foreign_origin(client, token):
    headers = {"X-CSRFToken": token, "Origin": "https://evil.example"}
    return client.post("/order", headers=headers)


def null_origin(client, token):
    headers = {"X-CSRFToken": token, "Origin": "null"}
    return client.post("/order", headers=headers)


def https_without_referer(client, token):
    headers = {"X-CSRFToken": token, "X-Forwarded-Proto": "https"}
    return client.post("/order", headers=headers)


def https_origin(client, token):
    origin = str(client.base_url).replace("http:", "https:")
    headers = {"X-CSRFToken": token, "Origin": origin}
    return client.post("/order", headers=headers)


def https_origin_and_scheme(client, token):
    client.headers["X-Forwarded-Proto"] = "https"
    return https_origin(client, token)


def delete_alone(client, token):
    return client.delete("/order")


def async_alone(client, token):
    return client.post("/async-order")


def async_with_header(client, token):
    return client.post("/async-order", headers={"X-CSRFToken": token})


def exempt_alone(client, token):
    return client.post("/exempt-order")


def get_alone(client, token):
    return client.get("/order")


def outcome(server, request):
    orders()
    before = len(server.log())
    answer = request(*visit(server))
    reason = re.findall(r"Forbidden \((.*)\): /", server.log()[before:])
    reason = [text.replace(server.url[7:], "shop") for text in reason]
    return answer.status_code, len(orders()), *(reason or [""])


REQUESTS = {
    no_cookie: "POST without the cookie",
    no_token: "POST without a token",
    bare_form: "a form rendered without `request`",
    token_of_another: "another visitor's token",
    planted_cookie: "another visitor's token and cookie",
    token_in_form: "the token in the form",
    second_token: "the token of an older page",
    after_login: "the token from before login",
    json_alone: "JSON without the header",
    json_with_header: "JSON with `X-CSRFToken`",
    foreign_origin: "good token, foreign `Origin`",
    null_origin: "good token, `Origin: null`",
    https_without_referer: "good token, HTTPS, no `Origin`, no `Referer`",
    https_origin: "good token, own `Origin`, but the proxy hides HTTPS",
    https_origin_and_scheme: "the same, and the proxy tells",
    delete_alone: "DELETE without a token",
    async_alone: "async view, without a token",
    async_with_header: "async view, with `X-CSRFToken`",
    exempt_alone: "`csrf_exempt` view, without a token",
    get_alone: "GET that orders, without a token",
}
with serve() as server:
    rows = [
        (what, *outcome(server, request)) for request, what in REQUESTS.items()
    ]
with serve(CSRF_USE_SESSIONS=True) as server:
    what = "the same, with `CSRF_USE_SESSIONS`"
    after = [what for what, *_ in rows].index(REQUESTS[planted_cookie]) + 1
    rows.insert(after, (what, *outcome(server, planted_cookie)))
with serve(LOGGING={}) as server:
    what = "without a token, `LOGGING` as Django has it"
    rows.append((what, *outcome(server, no_token)))
    assert "Forbidden" not in server.log()
table(("request", "status", "orders", "reason in the log"), *rows)
