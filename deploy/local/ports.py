"""Are the ports free, and if not, who has them?"""

import errno
import os
import socket
from pathlib import Path

from deploy.local.place import Place
from deploy.local.stop import Stop


def insist_on_free_ports(place: Place) -> None:
    """Say at once what the processes would otherwise find out one by one."""
    for name, port in place.ports.items():
        for host in dict.fromkeys(["127.0.0.1", place.host]):
            if fault := _fault(host, port):
                raise Stop(_sentence(name, host, port, fault))


def _fault(host: str, port: int) -> int:
    """The errno of binding there; 0 when the port is free."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    except OSError as error:
        return error.errno or errno.EADDRINUSE
    return 0


def _sentence(name: str, host: str, port: int, fault: int) -> str:
    if fault == errno.EACCES:
        return f"you may not listen on port {port}; choose one above 1023: make run {name}=8100"
    if fault == errno.EADDRNOTAVAIL:
        return f"HOST is {host!r}, which is no address of this machine; leave it out, or say HOST=0.0.0.0 for all of them"
    return f"port {port} is in use{_user_of(port)}; stop that program, or choose another port: make run {name}={port + 100}"


def _user_of(port: int) -> str:
    """By whom, as far as this user may see: ' by granian (process 4711)'."""
    sockets = _listening(port)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(file) in sockets for file in (folder / "fd").iterdir()):
                return f" by {(folder / 'comm').read_text().strip()} (process {folder.name})"
        except OSError:
            continue  # another user's process, or one that has just ended
    return ""


def _listening(port: int) -> set[str]:
    """The kernel's names, socket:[inode], of sockets that listen on a port; column 4 is the state, 0A is LISTEN."""
    found: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not Path(table).exists():
            continue
        for line in Path(table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and int(columns[1].rsplit(":", 1)[1], 16) == port:
                found.add(f"socket:[{columns[9]}]")
    return found
