"""GNU SASL as the server's end of one authentication: gsasl.py MECHANISM BINDING, users as JSON in the environment variable USERS.

BINDING is the octets of tls-exporter in base64, or empty. Each line of standard input is what the client said, in base64; each line of
standard output is "334 " and a challenge, or the end: "235 " and JSON of who it was, or "535 " and why not.
"""
import ctypes
import json
import os
import sys

OK, NEEDS_MORE, NO_CALLBACK = 0, 1, 51
AUTHID, AUTHZID, PASSWORD, CB_TLS_EXPORTER = 1, 2, 3, 25

gsasl = ctypes.CDLL("libgsasl.so.18")
for name in ("gsasl_property_fast", "gsasl_strerror"):
    getattr(gsasl, name).restype = ctypes.c_char_p
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
mechanism, binding = sys.argv[1:3]
users = {one["user"]: one["password"] for one in json.loads(os.environ["USERS"])}


def told(session, number):
    text = gsasl.gsasl_property_fast(ctypes.c_void_p(session), number)
    return None if text is None else text.decode()


@CALLBACK
def callback(_context, session, number):
    if number == PASSWORD and told(session, AUTHID) in users:
        password = users[told(session, AUTHID)].encode()
    elif number == CB_TLS_EXPORTER and binding:
        password = binding.encode()
    else:
        return NO_CALLBACK
    return gsasl.gsasl_property_set(ctypes.c_void_p(session), number, password)


def must(code):
    if code not in (OK, NEEDS_MORE):
        print("535", gsasl.gsasl_strerror(code).decode(), flush=True)
        sys.exit()
    return code


context, session = ctypes.c_void_p(), ctypes.c_void_p()
must(gsasl.gsasl_init(ctypes.byref(context)))
gsasl.gsasl_callback_set(context, callback)
must(gsasl.gsasl_server_start(context, mechanism.encode(), ctypes.byref(session)))
for line in sys.stdin:
    out = ctypes.c_char_p()
    code = must(gsasl.gsasl_step64(session, line.strip().encode(), ctypes.byref(out)))
    if out.value or code == NEEDS_MORE:
        print("334", (out.value or b"").decode(), flush=True)
        if code == NEEDS_MORE:
            continue
        sys.stdin.readline()
    user = told(session.value, AUTHID)
    print("235", json.dumps([user, told(session.value, AUTHZID) or user]), flush=True)
    break
