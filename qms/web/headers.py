"""What every answer to a browser bears, and whether a request comes from a page of our own."""

from collections.abc import Mapping

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
CAMERA = HEADERS | {
    "Permissions-Policy": HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)")
}
"""The kiosk's page reads codes from phones by its camera."""


def headers_of(path: str) -> dict[str, str]:
    """What an answer bears, by the path that was asked for."""
    return CAMERA if path.startswith("/kiosk/") else HEADERS


def same_origin(headers: Mapping[str, str], scheme: str, public_url: str = "") -> bool:
    """What the browser says of where a request comes from; old ones say it by `Origin` alone."""
    said = headers.get("sec-fetch-site")
    if said is not None:
        return said in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    own = {f"{scheme}://{headers.get('host')}", origin_of(public_url)} - {""}
    return origin in own


def origin_of(address: str) -> str:
    """Scheme, host and port of an address."""
    return "/".join(address.split("/")[:3])
