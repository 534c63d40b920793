"""Ways of writing what runs, loads or submits, by name: what the browser tests of grading hand in.

In the texts won(…) is a function that the test has put into every page, and ELSEWHERE an address
that no page may ask for.
"""

ELSEWHERE = "http://elsewhere.invalid"
# Sets every mark of this submission to 2 by formgrader's own API, as its page does.
MARKS = """\
fetch(base_url + '/api/grades?submission_id=' + submission_id).then(r => r.json()).then(all => \
all.forEach(g => fetch(base_url + '/api/grade/' + g.id, {method: 'PUT', headers: {\
'Content-Type': 'application/json', 'X-XSRFToken': document.cookie.match(/_xsrf=([^;]*)/)[1]}, \
body: JSON.stringify({...g, manual_score: 2})})))"""
MARKUP = {
    "marks": f'<img src="x" onerror="won(1); {MARKS}">',
    "script": "<script>won(1)</script>",
    "script in capitals": "<ScRiPt>won(1)</sCrIpT>",
    "script from elsewhere": f"<script src='{ELSEWHERE}/script'></script>",
    "script module": "<script type=module>won(1)</script>",
    "script for MathJax": "<script type='text/x-mathjax-config'>won(1)</script>",
    "script with a NUL": "<scr\0ipt>won(1)</script>",
    "script within a word": "a<script>won(1)</script>b",
    "script in a list": "- a\n  - <script>won(1)</script>",
    "script in a quotation": "> a\n> <script>won(1)</script>",
    "script in a table": "| a | b |\n|---|---|\n| <script>won(1)</script> | 2 |",
    "script in a heading": "# a <script>won(1)</script>",
    "script in emphasis": "**<script>won(1)</script>**",
    "picture that fails": "<img src=x onerror=won(1)>",
    "picture by slashes": "<img/src=x/onerror=won(1)>",
    "picture over lines": "<img\nsrc=x\nonerror=won(1)>",
    "picture without an end": "<img src=x onerror=won(1) ",
    "picture from elsewhere": f"<img src={ELSEWHERE}/img>",
    "picture of markdown": f"![a]({ELSEWHERE}/markdown)",
    "picture by reference": f"![a][b]\n\n[b]: {ELSEWHERE}/reference",
    "picture of its own site": "![a](../../api/grades)",
    "picture without a scheme": "![a](//elsewhere.invalid/scheme)",
    "picture of SVG": "![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
    "picture with a set": f"<img srcset='{ELSEWHERE}/set 1x'>",
    "picture's title": '![a](x "a\\" onerror=won(1) b")',
    "attachment": "![a](attachment:a.svg)",
    "svg": "<svg onload=won(1)></svg>",
    "svg script": "<svg><script>won(1)</script></svg>",
    "svg animation": "<svg><animate onbegin=won(1) attributeName=x dur=1s></svg>",
    "svg use": f"<svg><image href='{ELSEWHERE}/svg'></image></svg>",
    "svg and a style": "<svg><style><img src=x onerror=won(1)></style></svg>",
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=won(1)>",
    "math link": "<math href='javascript:won(1)'>a</math>",
    "frame": "<iframe srcdoc='<script>won(1)</script>'></iframe>",
    "frame of a script": "<iframe src='javascript:parent.won(1)'></iframe>",
    "frame from elsewhere": f"<iframe src='{ELSEWHERE}/frame'></iframe>",
    "frame of data": "<iframe src='data:text/html,<script>won(1)</script>'></iframe>",
    "object": f"<object data='{ELSEWHERE}/object'></object>",
    "embed": f"<embed src='{ELSEWHERE}/embed'>",
    "form": f"<form action='{ELSEWHERE}/form'><button>a</button></form>",
    "button": f"<form><button formaction='{ELSEWHERE}/button'>a</button></form>",
    "input": "<input autofocus onfocus=won(1)>",
    "input picture": f"<input type=image src='{ELSEWHERE}/input'>",
    "select": "<select autofocus onfocus=won(1)></select>",
    "link": "<a href='javascript:won(1)'>a</a>",
    "link by entities": "<a href='&#106;avascript&colon;won(1)'>a</a>",
    "link with a tab": "<a href='java\tscript:won(1)'>a</a>",
    "link of markdown": "[a](javascript:won(1))",
    "link in capitals": "[a](JaVaScRiPt:won(1))",
    "link with entities": "[a](&#x6a;avascript:won(1))",
    "link with a line": "[a](<java\tscript:won(1)>)",
    "link with a control": "[a](\x01javascript:won(1))",
    "link by reference": "[a][c]\n\n[c]: javascript:won(1)",
    "link by itself": "<javascript:won(1)>",
    "link of data": "[a](data:text/html,<script>won(1)</script>)",
    "link to a file": "[a](evil.html)",
    # At formgrader's own address there are pages that load a configuration from a folder.
    "link to another site": f"[a]({ELSEWHERE}/formgrader?path=submitted)",
    "link to another site by itself": f"a {ELSEWHERE}/formgrader?path=submitted b",
    "link to another site in brackets": f"<{ELSEWHERE}/formgrader?path=submitted>",
    "link to an address of mail": "<a@b.invalid> mailto:a@b.invalid",
    "link over a picture": "[![a](data:image/png;base64,AAAA)](javascript:won(1))",
    "refresh": f"<meta http-equiv=refresh content='0;url={ELSEWHERE}/refresh'>",
    "base": f"<base href='{ELSEWHERE}/base/'>",
    "style sheet": f"<link rel=stylesheet href='{ELSEWHERE}/sheet'>",
    "preload": f"<link rel=preload as=image href='{ELSEWHERE}/preload'>",
    "style import": f"<style>@import '{ELSEWHERE}/import';</style>",
    "style": f"<style>body {{background: url({ELSEWHERE}/style)}}</style>",
    "style attribute": f"<p style='background: url({ELSEWHERE}/attribute)'>a</p>",
    "details": "<details open ontoggle=won(1)>a</details>",
    "video": "<video><source onerror=won(1)></video>",
    "video poster": f"<video poster='{ELSEWHERE}/poster'></video>",
    "audio": "<audio src=x onerror=won(1)></audio>",
    "animation": "<b style='animation: a 1s' onanimationstart=won(1)>a</b>"
    "<style>@keyframes a {}</style>",
    "unknown tag": "<a-b onfocus=won(1) autofocus tabindex=1>a</a-b>",
    "bare tag with an event": "<b onclick=won(1) onmouseover=won(1)>a</b>",
    "noscript": "<noscript><p title='</noscript><img src=x onerror=won(1)>'>",
    "template": "<template shadowrootmode=open><img src=x onerror=won(1)></template>",
    "comment": "<!--><img src=x onerror=won(1)>-->",
    "bang comment": "<!-- a --!><img src=x onerror=won(1)>",
    "CDATA": "<![CDATA[<img src=x onerror=won(1)>]]>",
    "instruction": "<?a ><img src=x onerror=won(1)>?>",
    "title": "<title>won</title><svg><title><img src=x onerror=won(1)>",
    "select and a style": "<select><style></select><img src=x onerror=won(1)></style>",
    "mermaid": "```mermaid\n<img src=x onerror=won(1)>\n```",
    "language of code": '```"><img/src=x/onerror=won(1)>\na\n```',
    "formula": "$a$<img src=x onerror=won(1)>$b$",
    "formula with markup": "$\\text{<img src=x onerror=won(1)>}$",
    "formula link": "$\\href{javascript:won(1)}{a}$",
    "formula link to another site": f"$\\href{{{ELSEWHERE}}}{{a}}$",
    "formula that brings commands": "$\\require{html}\\let\\a\\href\\a{javascript:won(1)}{a}$",
    "formula of MathML": "$\\mmlToken{mi}[href='javascript:won(1)']{a}$",
    "formula style": "$$\\style{position:fixed}{\\class{score}{\\cssId{a}{b}}}$$",
    "utf-7": "+ADw-script+AD4-won(1)+ADw-/script+AD4-",
    "full width": "\uff1cscript\uff1ewon(1)\uff1c/script\uff1e",
    # They swallow what follows, if they are tags.
    "end of the page": "</div></div></body></html><img src=x onerror=won(1)>",
    "text area": "<textarea autofocus onfocus=won(1)>",
    "plain text": "<plaintext onclick=won(1)>",
}
# What a cell of code shows, and does not give away: its outputs.
OUTPUTS = r"""
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
display(HTML("<img src=x onerror=won(2)>"), SVG("<svg onload='won(2)'/>"), Javascript("won(2)"))
display(Markdown("<img src=x onerror=won(2)>"), Latex("$a$<img src=x onerror=won(2)>"))
display(Latex("$\\href{javascript:won(2)}{a}$"), Latex("$\\&#104;ref{javascript:won(2)}{a}$"))
bad = '"><img src=x onerror=won(2)>'
for kind in ("image/png", "image/jpeg", "image/svg+xml", "text/plain", "text/latex", "text/html"):
    display({kind: bad}, raw=True, metadata={kind: {"width": bad, "alt": bad}})
display({"application/vnd.jupyter.widget-view+json": {"model_id": bad}}, raw=True)
print("\x1b[31m<img src=x onerror=won(2)>\x1b[0m\x1b[38;2;1;2;\"><img src=x onerror=won(2)>m")
raise ValueError("</pre><img src=x onerror=won(2)>")
"""
# What stays as it is.
PLAIN = """\
# Heading

*emphasis*, **more**, `code < 1`, $a < b$, H<sub>2</sub>O

| a | b |
|---|---|
| 1 | 2 |

$$\\pi_k = \\frac{N_k}{N}$$

```python
if a[0] < 1: pass
```

![own](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)
"""
