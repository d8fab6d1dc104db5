"""What a proxy in front says about the client: believed from the one that the settings name, removed otherwise."""

from collections.abc import Callable, Iterable
from typing import Any

from waitress.proxy_headers import MalformedProxyHeader, PROXY_HEADERS, clear_untrusted_headers, parse_proxy_headers

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def behind(application: Application, proxy: str, headers: tuple[str, ...]) -> Application:
    """Return the application as it is behind `proxy`, an address, `*` or nothing."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        untrusted = PROXY_HEADERS
        if proxy and proxy in {"*", environ["REMOTE_ADDR"]}:
            untrusted = parse_proxy_headers(environ, 1, set(headers))
        clear_untrusted_headers(environ, untrusted)
        return application(environ, start_response)

    return answer
