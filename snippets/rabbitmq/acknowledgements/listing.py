"""What `rabbitmqctl list_queues` says of the queues of a node."""

import json


def listed(node):
    """(ready, unacked) of each queue, as the broker says."""
    columns = ["name", "messages_ready", "messages_unacknowledged"]
    lines = node.rabbitmqctl("list_queues", "--formatter", "json", *columns)
    return {
        row["name"]: (row["messages_ready"], row["messages_unacknowledged"])
        for row in json.loads(lines)
    }
