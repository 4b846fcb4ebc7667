"""Reads messages with GMime, as Geary, notmuch and Balsa do, for as long as its standard input is open.

Requests and answers are those of python_parser.py, with one way: G. GMime comes by GObject introspection.
"""

import base64
import datetime
import json
import struct
import sys

import gi

gi.require_version("GMime", "3.0")
from gi.repository import GMime  # noqa: E402

GMime.init()


def addresses(found):
    given = []
    for index in range(found.length() if found is not None else 0):
        one = found.get_address(index)
        if isinstance(one, GMime.InternetAddressGroup):
            given.append({"group": one.get_name() or "", "members": addresses(one.get_members())})
        else:
            given.append({"name": one.get_name() or "", "address": one.get_addr()})
    return given


def memory(write):
    stream = GMime.StreamMem.new()
    write(stream)
    stream.flush()
    return bytes(stream.get_byte_array() or b"")


def octets_of(part):
    if isinstance(part, GMime.MessagePart):
        inner = part.get_message()
        return b"" if inner is None else memory(lambda stream: inner.write_to_stream(None, stream)).replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")
    content = part.get_content()
    return b"" if content is None else memory(content.write_to_stream)


def leaves(part):
    if not isinstance(part, GMime.Multipart):
        yield part
        return
    for index in range(part.get_count()):
        yield from leaves(part.get_part(index))


def parameters(kind):
    found = kind.get_parameters()
    every = [found.get_parameter_at(index) for index in range(found.length())]
    return {one.get_name().lower(): one.get_value() for one in every}


def fields(message):
    every = message.get_header_list()
    return [every.get_header_at(index) for index in range(every.get_count())]


def unfolded(raw):
    return raw.replace("\r\n", "").replace("\n", "").strip(" \t")


def read(message):
    text = html = None
    parts = []
    for part in leaves(message.get_mime_part()):
        kind = part.get_content_type()
        name = kind.get_mime_type().lower()
        is_plain = part.get_disposition() != "attachment" and not isinstance(part, GMime.MessagePart) and part.get_filename() is None
        if name == "text/plain" and text is None and is_plain:
            text = octets_of(part).decode(kind.get_parameter("charset") or "utf-8")
        elif name == "text/html" and html is None and is_plain:
            html = octets_of(part).decode(kind.get_parameter("charset") or "utf-8")
        else:
            disposition = part.get_content_disposition()
            parts.append({
                "filename": disposition and disposition.get_parameter("filename"),
                "contentType": name,
                "parameters": parameters(kind),
                "cid": part.get_content_id(),
                "disposition": part.get_disposition(),
                "description": next((one.get_value() for one in fields(part) if one.get_name().lower() == "content-description"), None),
                "octets": base64.b64encode(octets_of(part)).decode("ascii"),
            })
    raw = [(one.get_name().lower(), unfolded(one.get_raw_value())) for one in fields(message)]
    date = message.get_date()

    def value(name):
        return next((value for key, value in raw if key == name), None)

    return {
        "from": addresses(message.get_from()),
        "sender": addresses(message.get_sender()),
        "to": addresses(message.get_to()),
        "cc": addresses(message.get_cc()),
        "replyTo": addresses(message.get_reply_to()),
        "subject": message.get_subject(),
        "date": date and datetime.datetime.fromtimestamp(date.to_unix(), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "messageId": value("message-id"),
        "inReplyTo": value("in-reply-to"),
        "references": value("references"),
        "text": None if text is None else text.replace("\r\n", "\n"),
        "html": None if html is None else html.replace("\r\n", "\n"),
        "parts": parts,
        "fields": raw,
        "decoded": [one.get_value() or "" for one in fields(message)],
    }


def answer(value):
    octets = json.dumps(value).encode("ascii")
    sys.stdout.buffer.write(struct.pack(">I", len(octets)) + octets)
    sys.stdout.buffer.flush()


def main():
    requests = sys.stdin.buffer
    answer({"version": f"{GMime.MAJOR_VERSION}.{GMime.MINOR_VERSION}.{GMime.MICRO_VERSION}"})
    while head := requests.read(5):
        octets = requests.read(struct.unpack(">I", head[1:])[0])
        try:
            answer(read(GMime.Parser.new_with_stream(GMime.StreamMem.new_with_buffer(octets)).construct_message(None)))
        except Exception as error:  # whatever goes wrong is its answer to the message
            answer({"error": f"{type(error).__name__}: {error}"})


main()
