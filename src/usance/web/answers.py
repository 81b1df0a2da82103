"""`python -m usance.web.answers`: does the office on this machine answer? For health checks.

Exit code 1, and why on stderr, if not. Asks as a proxy with TLS would: with an https USANCE_URL the
office sends plain requests elsewhere.
"""

import sys
from urllib.error import URLError
from urllib.request import Request, urlopen

SECONDS = 5


def main(page: str = "http://127.0.0.1:8000/account/login/") -> int:
    """0 if the page can be had, 1 if not."""
    asked = Request(page, headers={"X-Forwarded-Proto": "https"})  # noqa: S310 - our own address
    try:
        with urlopen(asked, timeout=SECONDS):  # noqa: S310 - as above
            return 0
    except (URLError, TimeoutError) as trouble:
        print(f"{page}: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
