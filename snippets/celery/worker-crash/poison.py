# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# ///
import os, signal, time
from celery import Celery
from kombu import Queue
from redis import Redis
from acked.services import wait_until, Worker
app = Celery("poison")
app.conf.task_queues = [Queue("classic"), Queue("quorum", queue_arguments={"x-queue-type":"quorum", "x-delivery-limit": 3}), Queue("quorum20", queue_arguments={"x-queue-type":"quorum"}), Queue("classic2")]
if "redis" in os.environ["CELERY_BROKER_URL"]: app.conf.task_queues=None
record = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
@app.task(acks_late=True, reject_on_worker_lost=True)
def poison(order):
    record.rpush(order, time.time())
    os.kill(os.getpid(), signal.SIGKILL)

@app.task(acks_late=True, retry_on_worker_lost=True, max_retries=3, default_retry_delay=0)
def bounded(order):
    record.rpush(order, time.time())
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    ws=[]
    for q in app.conf.task_queues:
        t = bounded if q.name=="classic2" else poison
        t.apply_async([q.name], queue=q.name)
        ws.append(Worker(__file__, f"-c 1 -Q {q.name}").start())
    e={**os.environ, "CELERY_BROKER_URL": os.environ["REDIS_URL"]}
    from kombu import Connection
    poison.apply_async(["redis"], queue="celery", connection=Connection(e["CELERY_BROKER_URL"]))
    ws.append(Worker(__file__, f"-c 1", e).start())
    time.sleep(40)
    for k in ("classic","quorum","quorum20","classic2","redis"):
        x=[float(v) for v in record.lrange(k,0,-1)]
        print(k, len(x), [round(b-a,2) for a,b in zip(x,x[1:])])
    print(ws[1].log()[-3000:])
    for w in ws: w.kill()
