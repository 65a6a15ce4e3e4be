"""The audit as one HTML page that needs nothing else: to be kept, sent, or printed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from streams.audit import Report, Section
from streams.audit.finding import Finding
from streams.cli.common import when

STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
caption, h2 { text-align: left; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #8886; overflow-wrap: anywhere; }
td:nth-child(3) { white-space: nowrap; }
code { font-size: .92em; }
small { color: #777; }
@media print { body { max-width: none; margin: 0; } }
"""


def page(report: Report, scope: str) -> str:
    """The whole document. Everything that comes from records is escaped."""
    parts = "\n".join(_section(section) for section in report.sections)
    found = sum(len(section.findings) for section in report.sections)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Audit, {escape(when(report.now))}</title><style>{STYLE}</style></head>\n<body>\n<h1>Audit</h1>\n"
        f"<p>{escape(scope)}. {found:,} findings.</p>\n{parts}\n</body>\n</html>"
    )


def _section(section: Section) -> str:
    heading = f"<h2>{escape(section.title)}</h2>"
    if not section.findings:
        return f"<section>{heading}<p>Nothing was found.</p></section>"
    rows = "\n".join(_row(one) for one in section.findings)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Who", "What", "Since", "What mends it"))
    return f"<section>{heading}\n<table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></section>"


def _row(one: Finding) -> str:
    mend = f"<code>{escape(str(one.mend))}</code>" if one.mend.command else escape(str(one.mend))
    cells = [escape(", ".join(one.who)), escape(one.what) + "".join(_examples(one)), when(one.since)[:10], mend]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _examples(one: Finding) -> Iterator[str]:
    if one.examples and one.number > 1:
        names = ", ".join(escape(name.partition(":")[2]) for name in one.examples)
        yield f"<br><small>{names}{', …' if one.number > len(one.examples) else ''}</small>"
