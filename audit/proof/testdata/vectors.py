#!/usr/bin/env python3
"""Makes the vectors beside it, with nothing of the program: RFC 6962 by its
definition, Ed25519 by the `cryptography` package, the frame and the entry by
docs/evidence.md. The files are added to and never edited."""
import base64, hashlib, hmac, json, random, struct
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

rnd = random.Random(6962)
b64 = lambda b: base64.b64encode(b).decode()
sha = lambda b: hashlib.sha256(b).digest()
leaf = lambda e: sha(b"\0" + e)
node = lambda l, r: sha(b"\1" + l + r)


def root(h):
    if not h:
        return sha(b"")
    if len(h) == 1:
        return h[0]
    k = split(len(h))
    return node(root(h[:k]), root(h[k:]))


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m, h):
    if len(h) == 1:
        return []
    k = split(len(h))
    if m < k:
        return path(m, h[:k]) + [root(h[k:])]
    return path(m - k, h[k:]) + [root(h[:k])]


def subproof(m, h, whole):
    if m == len(h):
        return [] if whole else [root(h)]
    k = split(len(h))
    if m <= k:
        return subproof(m, h[:k], whole) + [root(h[k:])]
    return subproof(m - k, h[k:], False) + [root(h[:k])]


def frame(stream, revision, id, type, data, metadata):
    out = b"\1"
    for f in (stream.encode(), struct.pack(">Q", revision), id, type.encode(), data, metadata):
        out += struct.pack(">I", len(f)) + f
    return out


def frames():
    cases = [("person-6f1c1c1e-8e0b-4d5e-9f57-0e8f2f1c0a11", 0, "person-enrolled", b'{"name":"\xe5\xbf\x97"}', b'{"v":1}'),
             ("a", 2**64 - 1, "t", b"", b""), ("", 0, "", b"\0\xff", b"\n"),
             ("policy-counting-all", 7, "policy-adopted", bytes(range(256)) * 5, b"{}")]
    out = []
    for stream, revision, type, data, metadata in cases:
        id, key = rnd.randbytes(16), rnd.randbytes(32)
        f = frame(stream, revision, id, type, data, metadata)
        salt = hmac.digest(key, id, "sha256")
        entry = b"\1" + hmac.digest(salt, f, "sha256")
        out.append(dict(stream=stream, revision=str(revision), id=id.hex(), type=type, data=data.hex(), metadata=metadata.hex(),
                        frame=f.hex(), saltKey=key.hex(), salt=salt.hex(), entry=entry.hex(), leaf=leaf(entry).hex()))
    return out


def trees():
    leaves = [leaf(bytes([i % 256, i // 256])) for i in range(300)]
    sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 255, 256, 257, 300]
    incl, cons = [], []
    for n in sizes:
        for m in sorted({0, n // 3, n // 2, n - 1} | {max(0, n - 2)}):
            incl.append(dict(index=m, size=n, leaf=leaves[m].hex(), root=root(leaves[:n]).hex(), path=[p.hex() for p in path(m, leaves[:n])]))
        for m in sizes:
            if m <= n:
                cons.append(dict(old=m, size=n, oldRoot=root(leaves[:m]).hex(), root=root(leaves[:n]).hex(), path=[p.hex() for p in subproof(m, leaves[:n], True)]))
    cons.append(dict(old=0, size=9, oldRoot=sha(b"").hex(), root=root(leaves[:9]).hex(), path=[]))
    return dict(empty=sha(b"").hex(), inclusion=incl, consistency=cons)


def key(seed, name, alg):
    k = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    raw = bytes([alg]) + k.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    h = sha(name.encode() + b"\n" + raw)[:4]
    return k, h, "%s+%s+%s" % (name, h.hex(), b64(raw))


def line(name, h, sig):
    return "\u2014 %s %s\n" % (name, b64(h + sig))


def receipts():
    name = "zhishu.example/log"
    log, lh, lkey = key(1, name, 1)
    other, oh, okey = key(2, name, 1)
    wit, wh, wkey = key(3, "witness.example/w", 4)
    key_ = rnd.randbytes(32)
    fs, salts, ids = [], [], []
    stream = "person-6f1c1c1e-8e0b-4d5e-9f57-0e8f2f1c0a11"
    events = []
    for i in range(21):
        id = rnd.randbytes(16)
        s, rev = (stream, i // 3) if i % 3 == 0 else ("account-%d" % i, 0)
        data, meta = b'{"n":%d}' % i, b'{"recordedAt":"2026-01-01T00:00:00Z"}'
        events.append((s, rev, id, "service-claimed", data, meta))
        fs.append(frame(s, rev, id, "service-claimed", data, meta))
        salts.append(hmac.digest(key_, id, "sha256"))
    leaves = [leaf(b"\1" + hmac.digest(s, f, "sha256")) for s, f in zip(salts, fs)]
    text = "%s\n%d\n%s\n" % (name, len(leaves), b64(root(leaves)))
    at = 1767225600
    cos = struct.pack(">Q", at) + wit.sign(b"cosignature/v1\ntime %d\n" % at + text.encode())
    note = text + "\n" + line(name, lh, log.sign(text.encode())) + line("witness.example/w", wh, cos)
    foreign = text + "\n" + line(name, oh, other.sign(text.encode()))

    def uuid(b):
        h = b.hex()
        return "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:]))

    def receipt(i):
        s, rev, id, type, data, meta = events[i]
        p = "c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n" % (b64(salts[i]), i)
        p += "".join(b64(x) + "\n" for x in path(i, leaves)) + "\n" + note
        return dict(format="zhishu-receipt/1", event=dict(stream=s, revision=rev, id=uuid(id), type=type, data=b64(data), metadata=b64(meta)), proof=p)

    return dict(key=lkey, foreignKey=okey, witness=wkey, witnessTime=at, checkpoint=note, foreign=foreign, size=len(leaves), root=root(leaves).hex(),
                receipts=[receipt(i) for i in (0, 1, 19, 20)],
                statement=dict(format="zhishu-statement-receipts/1", stream=stream, statement={"minutes": 420}, receipts=[receipt(i) for i in range(0, 21, 3)]))


def stories():
    """A statement that tells what its receipts prove: an entry claimed, confirmed and voided."""
    name, rnd = "zhishu.example/log", random.Random(9162)
    log, lh, lkey = key(1, name, 1)
    person, clerk, reviewer = "6f1c1c1e-8e0b-4d5e-9f57-0e8f2f1c0a11", "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
    life = [("service-claimed", clerk, b'{"minutes":60}'), ("entry-confirmed", reviewer, b'{"entry":1}'),
            ("entry-void-proposed", clerk, b'{"entry":1}'), ("entry-void-approved", reviewer, b'{"entry":1}')]
    events = []
    for rev, (type, by, data) in enumerate([("person-enrolled", clerk, b"{}")] + life):
        events.append(("person-" + person, rev, rnd.randbytes(16), type, data, b'{"v":1,"recordedAt":"2026-01-01T00:00:00Z","account":"%s"}' % by.encode()))
        events.append(("account-%d" % rev, 0, rnd.randbytes(16), "account-opened", b"{}", b"{}"))
    salts = [rnd.randbytes(32) for _ in events]
    leaves = [leaf(b"\1" + hmac.digest(s, frame(*e), "sha256")) for s, e in zip(salts, events)]

    def receipt(i, size):
        s, rev, id, type, data, meta = events[i]
        text = "%s\n%d\n%s\n" % (name, size, b64(root(leaves[:size])))
        h = id.hex()
        p = "c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n" % (b64(salts[i]), i) + "".join(b64(x) + "\n" for x in path(i, leaves[:size]))
        return dict(format="zhishu-receipt/1", proof=p + "\n" + text + "\n" + line(name, lh, log.sign(text.encode())), event=dict(
            stream=s, revision=rev, id="-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:])), type=type, data=b64(data), metadata=b64(meta)))

    steps = [dict(type=t, by=by, at="2026-01-01T00:00:00Z", revision=i + 1) for i, (t, by, _) in enumerate(life)]
    return dict(key=lkey, earlier=receipt(0, 9), file=dict(format="zhishu-statement-receipts/1", stream="person-" + person, statement=dict(
        ledgerSize=len(leaves), person=person, entries=[dict(entry=1, status="voided", life=steps), dict(person=clerk, entry=1, life=steps[:1])], reports=[]),
        receipts=[receipt(i, len(leaves)) for i in range(0, len(leaves), 2)]))


for file, content in (("frames.json", frames()), ("trees.json", trees()), ("receipts.json", receipts()), ("stories.json", stories())):
    with open(file, "w") as f:
        json.dump(content, f, indent=0, ensure_ascii=False)
        f.write("\n")
