"""The sockets that the server listens at, bound so that no other program can take the port over."""

import errno
import socket

from common.errors import SettingsInvalid

_EVERYWHERE = {"*": None, "0.0.0.0": "0.0.0.0", "::": "::"}  # noqa: S104 - what the setting may say
_LOOPBACK = "127.0.0.1"
_TRIES = 5
# On Windows SO_REUSEADDR would let a second server take the port; elsewhere a restart would wait without it.
_OWN = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
_RESERVED = 10013


def bind(host: str, port: int) -> list[socket.socket]:
    """Bind `host`, every address that it stands for; port 0 takes a free one, the same for all.

    Raises SettingsInvalid, in one sentence, when that cannot be.
    """
    addresses = _addresses(host)
    for last in (False,) * _TRIES + (True,):
        bound: list[socket.socket] = []
        try:
            for family, address in addresses:
                bound.append(_bound(family, address, bound[0].getsockname()[1] if bound else port))
        except OSError as error:
            for one in bound:
                one.close()
            # A port that is free at one address need not be at the other.
            if last or port != 0 or error.errno != errno.EADDRINUSE:
                raise SettingsInvalid(_sentence(error, host, port)) from error
        else:
            return bound
    raise AssertionError
