"""`segment-analytics-python` as it is published: `python3 python.py <server> <write key>` prints what it sent, a line a call."""

import json
import sys

import segment.analytics.request as request
from segment.analytics import Client

host, write_key = sys.argv[1:]
failures = []
sent = []
# What goes over the wire is looked at on its way, not changed.
post = request._session.post


def heard(url, data=None, headers=None, **rest):
    sent.append(dict(headers))
    return post(url, data=data, headers=headers, **rest)


request._session.post = heard
client = Client(
    write_key, host=host, gzip=True, upload_size=3, upload_interval=0.05, on_error=lambda error, items: failures.append(str(error))
)
who = {"user_id": "reader-1", "anonymous_id": "device-1", "context": {"app": {"name": "书店后台", "version": "2.1"}}}
calls = [
    client.identify(traits={"name": "林晓", "city": "杭州"}, **who),
    client.track(event="Page Read", properties={"pages": 3, "price": 19.9, "title": "长安的荔枝"}, **who),
    client.page(name="Home", category="Docs", properties={"path": "/home"}, **who),
    client.screen(name="Shelf", properties={"shelf": "new"}, **who),
    client.group(group_id="readers", traits={"plan": "gold"}, **who),
    client.alias(previous_id="before-1", user_id="reader-1", context=who["context"]),
    client.track(event="Spread Started", properties={"campaign": "spring"}, **who),
]
client.flush()
client.join()
for ok, message in calls:
    assert ok, message
    print(json.dumps(message, default=str))
assert all(headers.get("Content-Encoding") == "gzip" for headers in sent) and len(sent) >= 3, sent
assert not failures, failures
