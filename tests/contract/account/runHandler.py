"""Runs the handler of a Lambda function's inline code, with CloudFormation's module in whose place its answer is printed.

Usage: runHandler.py CODE EVENT
"""

import json
import sys
import types


def send(event, context, status, data, physical_id=None, no_echo=False, reason=None):
    print(json.dumps({"status": status, "id": physical_id, "reason": reason}))


answering = types.ModuleType("cfnresponse")
answering.SUCCESS, answering.FAILED, answering.send = "SUCCESS", "FAILED", send
sys.modules["cfnresponse"] = answering

function = {}
exec(sys.argv[1], function)
function["handler"](json.loads(sys.argv[2]), None)
