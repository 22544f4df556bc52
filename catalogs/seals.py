"""Content as bytes that are always the same, its digest, and its Ed25519 signature. Pure Python."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEED_BYTES = 32


class BadKey(ValueError):
    """The configured key is not the base64 of 32 bytes."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature in base64 and the public key that it is checked with, in hex."""

    value: str
    public_key: str


def canonical(body: Mapping[str, Any]) -> bytes:
    """Return ``body`` as UTF-8 JSON with sorted keys and no spaces: the same wherever it is made."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def sign(content: bytes, seed: str) -> Signature:
    """Sign ``content`` with the Ed25519 key whose 32-byte seed is given in base64.

    Raises BadKey for anything else.
    """
    try:
        raw = base64.b64decode(seed, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise BadKey("the signing key is not base64") from problem
    if len(raw) != SEED_BYTES:
        raise BadKey(f"the signing key has {len(raw)} bytes instead of {SEED_BYTES}")
    key = Ed25519PrivateKey.from_private_bytes(raw)
    value = base64.b64encode(key.sign(content)).decode()
    return Signature(value, key.public_key().public_bytes_raw().hex())


def holds(content: bytes, signature: Signature) -> bool:
    """Whether the signature was made over these very bytes with this key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.public_key))
        key.verify(base64.b64decode(signature.value, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True
