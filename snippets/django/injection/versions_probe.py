"""The same query strings against the Django that this process imports."""

import json
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start

start()

import django
from django.contrib.auth.models import User
from django.http import QueryDict


# --8<-- [start:search]
def search(query_string):
    GET = QueryDict(query_string)
    return User.objects.filter(**GET.dict())
# --8<-- [end:search]


# --8<-- [start:named]
def search_by_name(query_string):
    GET = QueryDict(query_string)
    return User.objects.filter(username=GET["username"])
# --8<-- [end:named]


def rows(search, query_string):
    try:
        return len(search(query_string))
    except TypeError as error:
        return f"`TypeError: {error}`"


User.objects.create(username="ann", password="pbkdf2_sha256$x")
User.objects.create(username="bob", password="pbkdf2_sha256$y")
QUERY_STRINGS = (
    "username=ann",
    "username=nobody' OR 1=1 --",
    "username=ann&password__endswith=x",
    "username=ann&password__endswith=y",
    "username=nobody&password=no&_connector=OR 1=1 OR",
)
answers = {
    query: [rows(search, query), rows(search_by_name, query)]
    for query in QUERY_STRINGS
}
print(json.dumps([django.__version__, answers]))
