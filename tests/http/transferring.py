"""What becomes of a transfer, asked and said over HTTP."""

from __future__ import annotations

ACTIONS = {"arrival": 2, "loss": 2, "recall": 1}  # and the store whose people may
REASON = {"reason": "fell off the van"}


def line(item, quantity):
    return {"item_id": item, "quantity": quantity}


def act(service, sent, action, *lines, **more):
    body = (REASON if action == "loss" else {}) | ({"lines": list(lines)} if lines else {})
    return service.post(f"transfers/{sent['id']}/{action}", body, **more)


def made(service, sent, action, *lines):
    answer = act(service, sent, action, *lines)
    assert answer.status_code == 201, answer.text
    return answer.json


def progress(service, sent):
    row = service.get(f"movements/{sent['id']}").json
    names = ("item_id", "sent", "arrived", "in_transit", "lost", "recalled")
    return [tuple(one[name] for name in names) for one in row["progress"]]


def standing(service, store, item):
    (row,) = service.get(f"stock?store_id={store}&item_id={item}").json["data"]
    return row["on_hand"], row["in_transit"]
