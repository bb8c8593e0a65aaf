"""Judges the grants of examples/cases.json, made ready on standard input, one answer a line."""

import json
import sys

from grant import Grants, Refused, SeenInMemory
from sekisho import Order


def main() -> None:
    told = json.load(sys.stdin)
    # A pause would be right for a server and would let the cases wait.
    grants = Grants(told["issuer"], told["application"], SeenInMemory(), pause=0)
    for case in told["cases"]:
        refused = None
        try:
            grants.verify(case["grant"], Order(**case["order"]), case["now"])
        except Refused as no:
            refused = no.reason
        print(json.dumps({"name": case["name"], "refused": refused}))


if __name__ == "__main__":
    main()
