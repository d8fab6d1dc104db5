"""The sockets that the server listens at, bound so that no other program can take the port over."""

import errno
import socket

from common.errors import SettingsInvalid

_LOOPBACK = ("127.0.0.1", "::1")
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - where the setting asks for it
# `localhost` is ::1 first: Windows takes two seconds to find that nobody listens there.
_PAIRS = {"127.0.0.1": _LOOPBACK, "localhost": _LOOPBACK, "*": _EVERYWHERE}
_NO_IPV6 = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT}
# On Windows SO_REUSEADDR lets a second server take the port; elsewhere a restart would have to wait without it.
_OWN = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
_WINDOWS_RESERVED = 10013


def bind(host: str, port: int) -> list[socket.socket]:
    """Bind every address that `host` stands for; port 0 takes a free one, the same for all.

    Raises SettingsInvalid, with one sentence, when that cannot be.
    """
    bound: list[socket.socket] = []
    try:
        for number, address in enumerate(_addresses(host)):
            try:
                bound.append(_bound(address, bound[0].getsockname()[1] if bound else port))
            except OSError as error:
                courtesy = number > 0 and host in _PAIRS
                if not courtesy or (port and error.errno not in _NO_IPV6):
                    raise
    except OSError as error:
        for one in bound:
            one.close()
        raise SettingsInvalid(_sentence(error, host, port)) from error
    return bound


def urls(host: str, sockets: list[socket.socket]) -> list[str]:
    """Return where people find the service, the address of this computer first."""
    port = sockets[0].getsockname()[1]
    if host in _LOOPBACK or host == "localhost":
        names = [f"[{host}]" if ":" in host else host]
    elif host == "*" or host in _EVERYWHERE:
        names = ["127.0.0.1" if host != "::" else "[::1]", socket.gethostname()]
    else:
        names = [f"[{host}]" if ":" in host else host]
    return [f"http://{name}:{port}" for name in names]


def _addresses(host: str) -> list[str]:
    if host in _PAIRS:
        return list(_PAIRS[host])
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def _bound(address: str, port: int) -> socket.socket:
    one = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, _OWN, 1)
        if one.family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind((address, port))
    except OSError:
        one.close()
        raise
    return one


def _sentence(error: OSError, host: str, port: int) -> str:
    where = f"[server] port {port} at {host}"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"[server] host {host} is no address of this computer."
    if getattr(error, "winerror", None) == _WINDOWS_RESERVED:
        return (
            f"{where} is refused by Windows (10013): another program holds it, or it is in a range that "
            "`netsh int ipv4 show excludedportrange tcp` lists. Choose another port."
        )
    if error.errno == errno.EADDRINUSE:
        return f"{where} is in use by another program, perhaps a second Storekeeper. Stop it or choose another port."
    if error.errno == errno.EACCES:
        return f"{where} needs an administrator's rights. Choose a port from 1024 on."
    return f"{where} cannot be bound: {error.strerror or error}."
