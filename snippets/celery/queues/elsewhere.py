# /// script
# requires-python = ">=3.12"
# dependencies = ["boto3", "celery[redis]", "confluent-kafka"]
#
# [tool.acked]
# services = ["redis"]
# environments = ["stand-ins"]
# timeout = 180
# ///
"""The queue that Celery makes in SQS (moto) and in Kafka (tansu)."""

import json
import os
import sys
from pathlib import Path

from acked import environments
from acked.services import Moto, Tansu, Worker, wait_until

sys.path.insert(0, str(environments.folder("stand-ins")))
os.environ.pop("CELERY_BROKER_URL", None)  # each client names its broker

import boto3
from celery import Celery
from confluent_kafka import Consumer, TopicPartition
from shop import ship

SHOP = Path(__file__).with_name("shop.py")


def client_of(server):
    app = Celery("client", broker=server.url, set_as_current=False)
    app.conf.broker_transport_options = server.transport_options
    return app


def environment(server):
    options = {"broker_transport_options": server.transport_options}
    return {
        **environments.variables("stand-ins"),
        "CELERY_BROKER_URL": server.url,
        "SETTINGS": json.dumps(options),
    }


def sqs():
    with Moto() as server:
        app = client_of(server)
        aws = boto3.client(
            "sqs",
            region_name="us-east-1",
            endpoint_url=server.endpoint,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        # --8<-- [start:sqs]
        app.send_task(ship.name, [1])
        [queue] = aws.list_queues()["QueueUrls"]
        asked = {"QueueUrl": queue, "AttributeNames": ["All"]}
        told = aws.get_queue_attributes(**asked)["Attributes"]
        for name in "MessageRetentionPeriod", "VisibilityTimeout":
            print(queue.rsplit("/", 1)[1], name, told[name], "s")
        # --8<-- [end:sqs]


def kafka():
    with Tansu() as server:
        app = client_of(server)
        env = environment(server)
        address = {"bootstrap.servers": f"127.0.0.1:{server.port}"}
        reader = Consumer({**address, "group.id": "celery-consumer-group"})
        # --8<-- [start:kafka]
        with Worker(SHOP, "--concurrency=1", env) as worker:
            wait_until(lambda: "celery" in reader.list_topics().topics, 60)
            for order in range(10):
                app.send_task(ship.name, [order])
            wait_until(lambda: worker.log().count("succeeded") == 10, 120)
            worker.shut_down("warm")
        topic = reader.list_topics(timeout=30).topics["celery"]
        print("topic celery, partitions:", len(topic.partitions))
        partition = TopicPartition("celery", 0)
        low, high = reader.get_watermark_offsets(partition, timeout=30)
        print("messages in it, all done:", high - low)
        [read] = reader.committed([partition], timeout=30)
        print("read up to:", read.offset)
        # --8<-- [end:kafka]
        reader.close()


if __name__ == "__main__":
    sqs()
    kafka()
