"""Looks into a node's data folder: what would a SIGKILL leave behind?"""

from pathlib import Path

from acked.services import RabbitMQ

HEADER, ENTRY = 64, 32  # bytes in the index file of a classic queue


def index_entries(broker: RabbitMQ, queue: str) -> int:
    """How many messages of a classic queue its index file knows."""
    [folder] = folders(broker, queue)
    sizes = [file.stat().st_size for file in folder.glob("*.qi")]
    return sum((size - HEADER) // ENTRY for size in sizes)


def folders(broker: RabbitMQ, queue: str) -> list[Path]:
    signs = (broker.home / "data").rglob(".queue_name")
    name_line = f"QUEUE: {queue}\n".encode()
    return [sign.parent for sign in signs if name_line in sign.read_bytes()]


def knows_quorum_queue(broker: RabbitMQ, queue: str) -> bool:
    """Whether the file that maps quorum queues to their logs has it yet."""
    [directory] = (broker.home / "data").glob("*/quorum/*/names.dets")
    return queue.encode() in directory.read_bytes()
