"""Requests whose end two readers could see differently, those that all see alike, and what is no request at all."""

from __future__ import annotations

BODY = b'{"title": "x"}'
CHUNKS = b"e\r\n" + BODY + b"\r\n0\r\n\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
"""What stands behind a request: nobody may take it for a part of another one, or of another one's for it."""

AMBIGUOUS_LENGTHS = [
    b"Content-Length: 14\r\nContent-Length: %d\r\n" % (14 + len(HIDDEN)),
    b"Content-Length: 14\r\nContent-Length: 14\r\n",
    b"Content-Length: 14, 14\r\n",
    b"Content-Length: +14\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 1_4\r\n",
    b"Content-Length: 0xe\r\n",
    b"Content-Length : 14\r\n",
    b"Content-Length: 14\r\nTransfer-Encoding: chunked\r\n",
    b"Content-Length: 14\r\nTransfer-Encoding : chunked\r\n",
    b"Content-Length: 14\r\nTransfer-Encoding: xchunked\r\n",
    b"Content-Length: 14\r\nX: a\rTransfer-Encoding: chunked\r\n",
    b"Content-Length: 14\r\nX: a\nTransfer-Encoding: chunked\r\n",
    b"Content-Length: 14\r\nX: a\r\n Transfer-Encoding: chunked\r\n",
    b"Content-Length: 14\r\nX: a\0b\r\n",
    b"Content-Length: 14\r\nno header at all\r\n",
    b"Content-Length: 14\r\nHost: b\r\n",
]
"""Headers before `BODY`, behind those of a request that has a Host."""

_CHUNKED = b"Transfer-Encoding: chunked\r\n"
AMBIGUOUS_CHUNKS = [
    *(
        (b"Transfer-Encoding: %b\r\n" % coding, CHUNKS)
        for coding in (b"identity, chunked", b"chunked, chunked", b"gzip, chunked")
    ),
    (2 * _CHUNKED, CHUNKS),
    *((_CHUNKED, sign + CHUNKS) for sign in (b"0x", b"0_", b"-", b"+", b" ")),
    (_CHUNKED, b"+2f" + CHUNKS[1:]),
    (_CHUNKED, CHUNKS.replace(b"e\r\n", b"e\n", 1)),
    (_CHUNKED, CHUNKS.replace(b"e\r\n", b"e\r", 1)),
    (_CHUNKED, CHUNKS.replace(b"}\r\n", b"}more\r\n")),
    (_CHUNKED, CHUNKS.replace(b"0\r\n", b"0\n")),
    (_CHUNKED, CHUNKS.removesuffix(b"\r\n") + b"no trailer\r\n\r\n"),
    (_CHUNKED, b"ffffffffffffffffe\r\n" + BODY),
]
"""(Headers, what comes after the head.)"""

_IN_PIECES = b"7;note=a\r\n" + BODY[:7] + b"\r\n07\r\n" + BODY[7:] + b"\r\n0\r\n"
WELL_FRAMED = [
    (b"Content-Length: 14\r\n", BODY),
    (b"Transfer-Encoding: Chunked\r\n", CHUNKS),
    (_CHUNKED, _IN_PIECES + b"\r\n"),
    (_CHUNKED, _IN_PIECES + b"X: a\r\n\r\n"),
]
"""(Headers, `BODY` as it comes after the head.)"""

NO_REQUESTS = {
    "no host": b"GET /e HTTP/1.1\r\n",
    "two hosts": b"GET /e HTTP/1.1\r\nHost: a\r\nhost: b\r\n",
    "chunks in 1.0": b"POST /e HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n",
    "markup": b"<script>x</script>\r\n",
    "version": b"GET / HTTP/9.9\r\nHost: a\r\n",
    "more": b"GET /<b> HTTP/1.1 more\r\nHost: a\r\n",
    "protocol": b"GET / XTTP/1.1\r\nHost: a\r\n",
    "octet": b"GET /\xff HTTP/1.1\r\nHost: a\r\n",
    "connect": b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n",
    "http2": b"PRI * HTTP/2.0\r\nHost: a\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
}
"""Heads without their last line."""
