"""A client that tries once and waits as long as it takes."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from acked.services import Redis as Server


def client_of(server: Server) -> Redis:
    return server.client(socket_timeout=None, retry=Retry(NoBackoff(), 0))


def error(command, *args) -> str:
    """The error that a call ends in, to its first full stop, or `OK`."""
    try:
        command(*args)
    except Exception as problem:
        return str(problem).split(".")[0]
    return "OK"
