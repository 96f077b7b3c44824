"""Secrets at work: encryption of private data, unguessable tokens, short codes, keyed hashes."""

import os
from base64 import b32encode
from collections.abc import Mapping, Sequence
from hashlib import blake2b, sha256
from hmac import digest as hmac_digest

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_ID, NONCE = 4, 12
"""Bytes before the ciphertext."""
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256: its private keys lie below."""


class CannotOpen(Exception):  # noqa: N818
    """The ciphertext belongs to another row, was changed, or its key is not known."""


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"qms " + purpose).derive(secret)


def token_hash(token: str) -> str:
    """What may be stored of a token: enough to recognise it, too little to make it."""
    return sha256(token.encode()).hexdigest()


class Vault:
    """Encrypts with the first secret and still opens what older ones closed.

    Tokens, codes, keyed hashes and the signing key come from the first secret. Raises ValueError for a secret under 32 bytes.
    """

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets or any(len(secret) < 32 for secret in secrets):
            raise ValueError("a secret has at least 32 bytes")
        keys = [_derive(secret, b"person") for secret in secrets]
        self._ciphers = {sha256(key).digest()[:KEY_ID]: AESGCM(key) for key in keys}
        self._current = next(iter(self._ciphers))
        self._token = _derive(secrets[0], b"token")
        self._code = _derive(secrets[0], b"code")
        self._keyed = _derive(secrets[0], b"hash")
        self._signing = _derive(secrets[0], b"push signature")

    def seal(self, row: str, fields: Mapping[str, str]) -> bytes:
        """Encrypt `fields` for one row (`table:id`): key id, nonce, ciphertext."""
        nonce = os.urandom(NONCE)
        plain = orjson.dumps(dict(fields))
        return self._current + nonce + self._ciphers[self._current].encrypt(nonce, plain, row.encode())

    def open(self, row: str, sealed: bytes) -> dict[str, str]:
        """What was sealed for this row; raises CannotOpen."""
        cipher = self._ciphers.get(sealed[:KEY_ID])
        if cipher is None:
            raise CannotOpen(f"{row}: closed with a key that is not known here")
        nonce, body = sealed[KEY_ID : KEY_ID + NONCE], sealed[KEY_ID + NONCE :]
        try:
            fields: dict[str, str] = orjson.loads(cipher.decrypt(nonce, body, row.encode()))
        except (InvalidTag, ValueError):
            raise CannotOpen(f"{row}: not what was sealed for this row") from None
        return fields

    def token(self, kind: str, id: str) -> str:
        """The unguessable name (128 bits, 26 characters a-z and 2-7) of a thing, always the same."""
        mac = blake2b(f"{kind}:{id}".encode(), key=self._token, digest_size=16).digest()
        return b32encode(mac).decode().rstrip("=").lower()

    def code(self, kind: str, id: str, n: int) -> str:
        """The n-th six-digit code of a thing, always the same; tells nothing of `n` or of other codes."""
        mac = blake2b(f"{kind}:{n}:{id}".encode(), key=self._code, digest_size=16).digest()
        return f"{int.from_bytes(mac) % 1_000_000:06}"

    def signing_key(self) -> ec.EllipticCurvePrivateKey:
        """The key (P-256) with which this server signs what it says to push services; the same in every process."""
        return ec.derive_private_key(int.from_bytes(self._signing) % (ORDER - 1) + 1, ec.SECP256R1())

    def keyed_hash(self, kind: str, text: str) -> str:
        """By which a value (an e-mail address) is found again without being readable."""
        return hmac_digest(self._keyed, f"{kind}:{text}".encode(), "sha256").hex()
