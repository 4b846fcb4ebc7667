"""Verifies DKIM signatures by dkimpy: {"records": {name: text}, "files": [path]} on standard input, a list of "pass", "fail" or
what went wrong for the signatures of each file on standard output."""

import json
import sys

import dkim

given = json.load(sys.stdin)


def record(name, timeout=5):
    text = name if isinstance(name, str) else name.decode()
    return given["records"][text.rstrip(".")].encode()


def verdicts(path):
    with open(path, "rb") as file:
        message = file.read()
    header = message.split(b"\r\n\r\n", 1)[0].lower()
    count = (b"\r\n" + header).count(b"\r\ndkim-signature:")
    found = []
    for index in range(count):
        try:
            found.append("pass" if dkim.DKIM(message).verify(index, dnsfunc=record) else "fail")
        except dkim.DKIMException as error:
            found.append(str(error))
    return found


json.dump([verdicts(path) for path in given["files"]], sys.stdout)
