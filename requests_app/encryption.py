"""Personal data at rest: encrypted with keys from the environment, found by a keyed hash.

``PERSONAL_DATA_KEYS`` holds Fernet keys, the newest first: it encrypts, all of them decrypt. So a
key is rotated by putting a new one in front, running ``manage.py reencrypt_personal_data``, and
taking the old one out.
"""

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from requests_app.keys import require_keys

# Family names of two characters, such as are met.
_COMPOUND = (
    *("欧阳", "上官", "司徒", "司马", "司空", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文"),
    *("长孙", "东方", "独孤", "南宫", "端木", "轩辕", "申屠", "钟离", "闻人", "澹台", "淳于", "赫连", "呼延"),
)


class WrongKey(Exception):
    """None of the keys opens this: it was taken out before everything was encrypted anew."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _now() -> MultiFernet:
    require_keys()
    return _fernet(tuple(settings.PERSONAL_DATA_KEYS))


def encrypt(text: str) -> str:
    """The token to store for ``text``; "" stays "", so that what is missing shows."""
    return _now().encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """The text of a token. Raises WrongKey where no key opens it."""
    if not token:
        return ""
    try:
        return _now().decrypt(token.encode()).decode()
    except InvalidToken as problem:
        raise WrongKey("no key opens this personal data") from problem


def encrypt_bytes(content: bytes) -> bytes:
    """What to store for the content of a file."""
    return _now().encrypt(content)


def decrypt_bytes(content: bytes) -> bytes:
    """The content of a stored file. Raises WrongKey where no key opens it."""
    try:
        return _now().decrypt(content)
    except InvalidToken as problem:
        raise WrongKey("no key opens this file") from problem


def keyed_hash(text: str) -> str:
    """What an ID number is found by: HMAC-SHA256 under a key that is not in the database.

    Spaces do not count, x is X, and a wide character is the plain one. Returns "" for "".
    """
    said = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if not said:
        return ""
    require_keys()
    return hmac.digest(settings.PERSONAL_DATA_HASH_KEY.encode(), said.encode(), hashlib.sha256).hex()


def masked_name(name: str) -> str:
    """韦小明 as 韦**: the family name stays, as on public notices, and two stars, however long the rest.

    What is masked stays as it is.
    """
    name = name.strip()
    kept = 2 if len(name) > 2 and name.startswith(_COMPOUND) else 1
    return f"{name[:kept]}**" if name else ""


def masked_number(number: str) -> str:
    """An ID or phone number with its middle hidden: 450***********0011, 138****0000.

    Of a short one, such as a local telephone, only the last two digits are left.
    """
    number = number.strip()
    head, tail = (3, 4) if len(number) > 10 else (0, 2)
    if len(number) <= tail * 2:
        return "*" * len(number)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def masked_address(address: str) -> str:
    """An address with its end hidden: the first six characters at most, and never more than half."""
    address = address.strip()
    return address[: min(6, len(address) // 2)] + "…" if address else ""
