"""Rows of some days for `sekisho-archive append`: households, carriers, a thief and a crowd.

The same numbers every time. A trait is given to several customers, an address changes its network
seldom, and some of what happened is said to have been fraud.
"""

import json
import random
import sys

DAY = 86_400_000_000
FIRST = 20_513  # 2026-03-01, in days since 1970
CUSTOMERS = 400
ACTS = ["sign_in"] * 8 + ["confirm:payout_account_change", "payout_account_change", "withdraw"]


def address(numbers):
    kind = numbers.random()
    if kind < 0.1:
        return "00000000000000000000ffff" + "cb007101"  # a carrier
    if kind < 0.13:  # somewhere that nobody else ever was
        return f"20010db9{numbers.randrange(1 << 32):08x}" + "0" * 16
    if kind < 0.2:
        return f"20010db8{numbers.randrange(12):04x}" + f"{numbers.randrange(1 << 16):020x}"
    number = numbers.randrange(600)
    return "00000000000000000000ffff" + f"c633{number // 16:02x}{number % 16:02x}"


def access(numbers, day, number):
    at = (FIRST + day) * DAY + numbers.randrange(DAY)
    who = numbers.randrange(CUSTOMERS)
    # A device now and then; most of the time a customer's own.
    device = who if numbers.random() < 0.9 else numbers.randrange(CUSTOMERS)
    known = numbers.random() < 0.95
    act = numbers.choice(ACTS)
    return {
        "customer": f"{who:032x}",
        "at": at,
        "decision": f"{at // 1000:012x}7000{number:016x}",
        "reference": f"c-{who}",
        "act": act,
        "ending": numbers.choice(["success"] * 7 + ["failure", "failure", "pending"]),
        "verdict": "allow",
        "address": address(numbers) if known else None,
        "system": 64_500 if known else None,
        "country": "JP" if known else None,
        "device": f"{device + 4_096:032x}" if known and numbers.random() < 0.7 else None,
        "client": "chrome/windows",
        "application": f"{numbers.randrange(2) + 1:032x}",
        "done": int(act != "sign_in" and numbers.random() < 0.8),
    }


def voided(numbers, seen):
    """Traits of some accesses, said to be fraud."""
    rows = {}
    for one in numbers.sample(seen, 60):
        for kind, value in [(1, one["address"]), (4, one["device"])]:
            if value:
                key = (kind, value, one["customer"])
                rows[key] = {
                    "kind": kind,
                    "value": value,
                    "customer": one["customer"],
                    "first": one["at"],
                    "last": one["at"] + 5_000_000,
                    "voided": one["at"] + numbers.randrange(20 * DAY),
                    "reference": one["reference"],
                }
    return [rows[key] for key in sorted(rows)]


def main():
    kind, day, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    numbers = random.Random(f"accesses {day}")
    found = [access(numbers, day, number) for number in range(count)]
    if kind == "voided":
        found = voided(numbers, found)
    else:
        found.sort(key=lambda row: (row["customer"], row["at"], row["decision"]))
    for row in found:
        print(json.dumps(row))


main()
