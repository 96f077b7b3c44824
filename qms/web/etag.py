"""Entity tags: what a browser holds already is not sent again (RFC 9110, section 13.1.2)."""

from hashlib import sha256


def tag_of(body: bytes) -> str:
    """The tag of a content."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def lists(header: str, tag: str) -> bool:
    """Whether a header of tags names one: weakly, for a proxy that packs what it passes on makes them weak."""
    return header.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in header.split(","))
