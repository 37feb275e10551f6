"""Somebody else's website on another port, with a strict Content-Security-Policy, on which a form of ours stands."""

from contextlib import contextmanager
from dataclasses import dataclass

from web import served

PAGE = """<!doctype html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/shop.css"></head>
<body><main><h1>A shop</h1>{snippet}<p><a href="/">Home</a></p></main></body></html>"""
STYLE = b"body { font: 17px/1.5 Georgia, serif; margin: 2rem auto; max-width: 40rem; padding: 0 1rem }"


@dataclass
class Shop:
    """The website; what stands on its page is set by the test."""

    snippet: str = ""
    lang: str = "en"
    dir: str = "ltr"
    policy: str = ""
    origin: str = ""

    def embed(self, gateway: str, key: str, more: str = "") -> None:
        """Put the snippet of a form on the page, under a policy that lets nothing in but what it needs."""
        self.snippet = (
            f'<div data-gateway-form="{key}"{more}><a href="{gateway}/f/{key}">Sign up</a></div>'
            f'<script src="{gateway}/forms/{key}.js" async></script>'
        )
        self.policy = (
            f"default-src 'none'; script-src {gateway}; connect-src {gateway}; style-src 'self' {gateway}; "
            "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def __call__(self, environ, start):
        """Serve the page, its stylesheet, and nothing else."""
        if environ["PATH_INFO"] == "/shop.css":
            start("200 OK", [("Content-Type", "text/css")])
            return [STYLE]
        if environ["PATH_INFO"] == "/favicon.ico":
            start("204 No Content", [])
            return []
        page = PAGE.format(lang=self.lang, dir=self.dir, snippet=self.snippet)
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", self.policy)])
        return [page.encode()]


@contextmanager
def open_shop():
    """The website on a port of its own."""
    shop = Shop()
    with served(shop) as port:
        shop.origin = f"http://localhost:{port}"
        yield shop
