"""A crash of the result backend while it is storing a state."""

from contextlib import contextmanager

import psycopg

from acked.services import Redis, wait_until


# --8<-- [start:during]
@contextmanager
def crash_during_a_write(case, server):
    """Answer reads, let writes wait; SIGKILL when one has come."""
    if isinstance(server, Redis):
        client = server.client()
        client.client_pause(600_000, all=False)
        yield
        wait_until(lambda: client.info("clients")["blocked_clients"], 60)
        case.crash(server)
    else:
        holder, observer = psycopg.connect(server.url), server.connect()
        holder.execute("LOCK TABLE celery_taskmeta IN EXCLUSIVE MODE")
        yield
        waits = "SELECT 1 FROM pg_locks WHERE NOT granted"
        wait_until(lambda: observer.execute(waits).fetchone(), 60)
        case.crash(server)
# --8<-- [end:during]
