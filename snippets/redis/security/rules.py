"""Three users: one for Celery, one that is read-only, one for a person."""

# --8<-- [start:celery]
KEYS = "~celery* ~_kombu.* ~unacked* ~*.celery.pidbox*"
CHANNELS = (
    "&celery-task-meta-* &/0.celery.pidbox &/0.celeryev/* &/0.celeryev/worker.*"
)
COMMANDS = """
    +ping +time +multi +exec +discard +watch +unwatch +client|setinfo
    +lpush +rpush +brpop +llen +hset +hget +hdel
    +get +mget +set +setex +expire +del +exists
    +sadd +srem +smembers +sismember
    +zadd +zrem +zcount +zrange +zrangebyscore
    +publish +subscribe +unsubscribe +psubscribe +punsubscribe
    +eval +evalsha +script|load +script|exists
"""
# --8<-- [end:celery]

# --8<-- [start:others]
READER = "~* +@read -@dangerous +ping"
NOT_DANGEROUS = "~* &* +@all -@dangerous"
# --8<-- [end:others]


def make(admin, name: str, *rules: str) -> None:
    admin.execute_command(
        *("ACL", "SETUSER", name, "reset", "on", ">secret"),
        *" ".join(rules).split(),
    )
