"""What a RabbitMQ node's files know, seen from outside."""

from acked.services import RabbitMQ

HEADER, ENTRY = 64, 32  # bytes in the index file of a classic queue


def unacked_on_disk(broker: RabbitMQ, vhost: str, queue: str) -> int:
    """How many messages of a classic queue its index file still holds."""
    name = f"VHOST: {vhost}\nQUEUE: {queue}\n".encode()
    for name_file in (broker.home / "data").rglob(".queue_name"):
        if name in name_file.read_bytes():
            # Written a moment after the index.
            stored = any(name_file.parent.glob("*.qs"))
            files = name_file.parent.glob("*.qi")
            return sum(map(live_entries, files)) if stored else 0
    return 0


def live_entries(file) -> int:
    """The first byte of an entry is 0 once it is acknowledged."""
    content = file.read_bytes()[HEADER:]
    return sum(byte != 0 for byte in content[::ENTRY])


def knows_quorum_queue(broker: RabbitMQ, queue: str) -> bool:
    """Whether the file that maps quorum queues to their logs has it yet."""
    [directory] = (broker.home / "data").glob("*/quorum/*/names.dets")
    return queue.encode() in directory.read_bytes()
