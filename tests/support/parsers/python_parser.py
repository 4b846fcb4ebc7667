"""Reads messages with Python's own email package, for as long as its standard input is open.

It says its version first. A request is one octet for the policy (D: default, C: compat32), four for the length, and the
message; an answer is four octets of length, and JSON. Nothing but the standard library is used.
"""

import base64
import datetime
import email
import email.header
import email.headerregistry
import email.policy
import email.utils
import json
import platform
import struct
import sys

POLICIES = {b"D": email.policy.default, b"C": email.policy.compat32}


def text_of(value):
    """Text whose octets outside ASCII the parser kept as surrogates, since they are UTF-8 (RFC 6532)."""
    return value.encode("ascii", "surrogateescape").decode("utf-8", "replace") if has_surrogate(value) else value


def has_surrogate(value):
    return any("\ud800" <= char <= "\udfff" for char in value)


def unfolded(value):
    return text_of(str(value)).replace("\r\n", "").strip(" \t")


class Modern:
    """The policy `default`."""

    def addresses(self, message, name):
        found = []
        for field in message.get_all(name, []):
            for group in field.groups:
                members = [{"name": one.display_name, "address": text_of(one.addr_spec)} for one in group.addresses]
                found.extend(members if group.display_name is None else [{"group": group.display_name, "members": members}])
        return found

    def decoded(self, value):
        return str(email.policy.default.header_factory("Subject", value))

    def date(self, message):
        return None if message["date"] is None else message["date"].datetime

    def filename(self, part):
        return part.get_filename()

    def parameters(self, part):
        """The content type's, the type itself aside."""
        return {name.lower(): email.utils.collapse_rfc2231_value(value) for name, value in part.get_params([])[1:]}

    def text(self, part):
        return part.get_content()

    def disposition(self, part):
        return part.get_content_disposition()


class Old(Modern):
    """The policy `compat32`, used the way its documentation shows."""

    def addresses(self, message, name):
        values = [unfolded(value) for key, value in message.raw_items() if key.lower() == name]
        return [{"name": self.decoded(shown), "address": address} for shown, address in email.utils.getaddresses(values)]

    def decoded(self, value):
        # The old functions take no text that is UTF-8 already.
        return str(email.header.make_header(email.header.decode_header(value))) if value.isascii() else value

    def date(self, message):
        return None if message["date"] is None else email.utils.parsedate_to_datetime(message["date"])

    def text(self, part):
        return part.get_payload(decode=True).decode(part.get_content_charset("utf-8"))


WAYS = {b"D": Modern(), b"C": Old()}


def octets_of(part):
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0)
        return inner.as_bytes(policy=inner.policy.clone(linesep="\r\n", mangle_from_=False, max_line_length=0))
    return part.get_payload(decode=True) or b""


def leaves(part):
    if part.get_content_maintype() != "multipart":
        yield part
        return
    for child in part.get_payload():
        yield from leaves(child)


def read(message, way):
    text = html = None
    parts = []
    for part in leaves(message):
        kind = part.get_content_type()
        attached = way.disposition(part) == "attachment"
        if kind == "text/plain" and text is None and not attached and way.filename(part) is None:
            text = way.text(part)
        elif kind == "text/html" and html is None and not attached and way.filename(part) is None:
            html = way.text(part)
        else:
            identifier = part["content-id"]
            description = next((value for name, value in part.raw_items() if name.lower() == "content-description"), None)
            parts.append({
                "filename": way.filename(part),
                "contentType": kind,
                "parameters": way.parameters(part),
                "cid": None if identifier is None else str(identifier).strip().strip("<>"),
                "disposition": way.disposition(part),
                "description": None if description is None else way.decoded(unfolded(description)),
                "octets": base64.b64encode(octets_of(part)).decode("ascii"),
            })
    raw = [(name, unfolded(value)) for name, value in message.raw_items()]
    date = way.date(message)

    def value(name):
        found = [value for key, value in raw if key.lower() == name]
        return found[0] if found else None

    subject = value("subject")
    return {
        "from": way.addresses(message, "from"),
        "sender": way.addresses(message, "sender"),
        "to": way.addresses(message, "to"),
        "cc": way.addresses(message, "cc"),
        "replyTo": way.addresses(message, "reply-to"),
        "subject": None if subject is None else way.decoded(subject),
        "date": None if date is None else date.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "messageId": value("message-id"),
        "inReplyTo": value("in-reply-to"),
        "references": value("references"),
        "text": None if text is None else text.replace("\r\n", "\n"),
        "html": None if html is None else html.replace("\r\n", "\n"),
        "parts": parts,
        "fields": [[name.lower(), value] for name, value in raw],
        "decoded": [way.decoded(value) for _, value in raw],
    }


def answer(value):
    octets = json.dumps(value).encode("ascii")
    sys.stdout.buffer.write(struct.pack(">I", len(octets)) + octets)
    sys.stdout.buffer.flush()


def main():
    requests = sys.stdin.buffer
    answer({"version": platform.python_version()})
    while head := requests.read(5):
        policy = head[:1]
        octets = requests.read(struct.unpack(">I", head[1:])[0])
        try:
            answer(read(email.message_from_bytes(octets, policy=POLICIES[policy]), WAYS[policy]))
        except Exception as error:  # whatever the package raises is its answer to the message
            answer({"error": f"{type(error).__name__}: {error}"})


main()
