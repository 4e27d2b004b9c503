"""The six digits of an authenticator app, written anew from the standard."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time


def code_of(secret: str, at: float | None = None) -> str:
    """RFC 6238 with SHA-1: six digits of half a minute."""
    key = base64.b32decode(secret)
    moment = struct.pack(">Q", int((time.time() if at is None else at) // 30))
    digest = hmac.new(key, moment, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"
