"""uvicorn's WebSocket protocol with a shorter way for messages that many sockets get, and an end to waiting.

Give it to uvicorn as `ws`. The live slice works on any ASGI server; on this one a message to a
thousand sockets takes half the time, and what a client does not read is bounded by the byte.
"""

import socket
from asyncio.transports import BaseTransport

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from qms.live.outlet import EXTENSION
from qms.live.topic import Message

KERNEL_BUFFER = 65536
"""Bytes that the kernel keeps for a client that does not read; left to itself it keeps megabytes."""
LINGER = 5.0
"""Seconds within which a closed socket must have taken what was still on its way,"""
LAST_LINGER = 1.0
"""and the same where the server stops, and the socket has had its time to hear of it."""
UNREAD_PONGS = 100
"""Answers to pings that a client may leave unread before it is cut off: nothing else bounds them."""


class LiveProtocol(WebSocketsSansIOProtocol):
    """One connection."""

    _unread = 0
    """Answers to pings since the client last took all that it was sent."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Ask to be told of the first byte that the kernel does not take: no queue stands before it."""
        super().connection_made(transport)
        # Not 0: TLS stops at a buffer that has reached the limit, so at 0 it would stop at an empty one.
        self.transport.set_write_buffer_limits(high=1)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)

    def write(self, message: Message) -> bool:
        """Write a message that brings its frame with it; False where it has none, or would have to wait."""
        frame = message.get("frame")
        if frame is None or not self._is_free():
            return False
        self.transport.write(frame)
        return True

    def _is_free(self) -> bool:
        return self.writable.is_set() and self.conn.state is State.OPEN and not self.transport.is_closing()

    async def run_asgi(self) -> None:
        """Run the application; a client that does not read its last words is not waited for."""
        extensions = self.scope["extensions"]
        extensions[EXTENSION] = {"write": self.write}
        await super().run_asgi()
        del extensions[EXTENSION]  # or the connection would be a circle that only the collector finds
        self._linger()

    def keepalive_timeout(self) -> None:
        """No answer to a ping."""
        super().keepalive_timeout()
        self._linger()

    def shutdown(self) -> None:
        """The server stops."""
        super().shutdown()
        # As the timer of a closing handshake, so that the end of the application does not close the
        # transport once more: asyncio's TLS cannot be aborted after that.
        self.close_timer = self.loop.call_later(LAST_LINGER, self.transport.abort)

    def handle_ping(self) -> None:
        """Answer, unless the client only talks and never reads."""
        super().handle_ping()
        self._unread = 0 if self.writable.is_set() else self._unread + 1
        if self._unread > UNREAD_PONGS:
            self.transport.abort()

    def _linger(self) -> None:
        if not self.disconnected:
            self.loop.call_later(LINGER, self.transport.abort)
