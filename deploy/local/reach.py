"""Can our processes be reached yet? Asked while they start."""

import asyncio
import contextlib

SECONDS = 2.0


async def is_listening(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), SECONDS)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def is_healthy(host: str, port: int, path: str = "/healthz") -> bool:
    """Whether the process there answers 200."""
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        return b" 200 " in await asyncio.wait_for(_status_line(host, port, path), SECONDS)
    return False


async def _status_line(host: str, port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
        return await reader.readline()
    finally:
        writer.close()
