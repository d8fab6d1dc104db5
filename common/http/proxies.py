"""What a proxy in front says about the client: believed from the one that the settings name, removed otherwise."""

from collections.abc import Callable, Iterable
from typing import Any

from waitress.proxy_headers import PROXY_HEADERS, MalformedProxyHeader, clear_untrusted_headers, parse_proxy_headers

from common.http.refusals import refusal

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def behind(application: Application, proxy: str, headers: tuple[str, ...]) -> Application:
    """Return the application as it is behind `proxy`: an address, `*` for any, or empty for none."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        untrusted = PROXY_HEADERS
        if proxy in {"*", environ["REMOTE_ADDR"]}:
            try:
                untrusted = parse_proxy_headers(environ, 1, set(headers))
            except MalformedProxyHeader as error:
                return _refuse(environ, start_response, f"The proxy's header field {error.header} is malformed.")
        clear_untrusted_headers(environ, untrusted)
        return application(environ, start_response)

    return answer


def _refuse(environ: dict[str, Any], start_response: Any, detail: str) -> list[bytes]:
    path, sent = environ["PATH_INFO"], environ.get("HTTP_X_REQUEST_ID", "")
    refused = refusal(400, detail, path=path, client=environ["REMOTE_ADDR"], request_id=sent)
    start_response(refused.status, refused.headers)
    return [refused.body]
