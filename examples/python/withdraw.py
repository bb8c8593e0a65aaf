"""One withdrawal from beginning to end: `withdraw.py ORDER.json`.

Address, id and credential come from the environment: SEKISHO_URL, SEKISHO_APPLICATION and
SEKISHO_TOKEN, for an argument can be read by everybody on the machine.
"""

import json
import os
import secrets
import sys
from dataclasses import replace

from grant import Grants, Refused, SeenInMemory
from sekisho import Order, Problem, Sekisho


def main() -> int:
    url, application = os.environ["SEKISHO_URL"], os.environ["SEKISHO_APPLICATION"]
    sekisho = Sekisho(url, application, os.environ["SEKISHO_TOKEN"])
    grants = Grants(url, application, SeenInMemory())
    with open(sys.argv[1], encoding="utf-8") as file:
        order = Order(nonce=secrets.token_urlsafe(16), **json.load(file))

    operation = sekisho.operate(order, key=secrets.token_urlsafe(16))
    if operation["state"] == "pending":
        # A web application answers with a redirect to this address.
        print("confirm", operation["confirm_uri"], flush=True)
        operation = sekisho.wait(operation["id"], pause=0.2)
    print("state", operation["state"])
    if operation["state"] != "confirmed":
        return 1
    grant = operation["grant"]
    more = {**order.fields["amount"], "value": order.fields["amount"]["value"] + "0"}
    altered = replace(order, fields={**order.fields, "amount": more})

    for what in (altered, order, order):
        print("offline", offline(grants, grant, what))
    for what in (altered, order, order):
        print("online", online(sekisho, grant, what))
    return 0


def offline(grants: Grants, grant: str, order: Order) -> str:
    try:
        claims = grants.verify(grant, order)
    except Refused as refused:
        return f"refused {refused.reason}"
    return f"good {json.dumps(claims, sort_keys=True)}"


def online(sekisho: Sekisho, grant: str, order: Order) -> str:
    try:
        # Move the money after this line and at no other place.
        return sekisho.redeem(grant, order, key=secrets.token_urlsafe(16))["state"]
    except Problem as problem:
        return f"refused {problem.status} {problem.reason}"


if __name__ == "__main__":
    sys.exit(main())
