/** Text that is safe between tags and in attributes in double quotes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

export interface Page {
  title: string
  /** HTML. What comes from outside has gone through escapeHtml. */
  content: string
}

/** A whole page that needs no script and keeps to the server's content security policy. */
export function renderPage({ title, content }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(mark('#1f6f78'))}">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<main>
<a class="brand" href="/">${mark('currentColor')}<span>Claviger</span></a>
${content}
</main>
</body>
</html>
`
}

/** A key, its bow a shield's circle. */
function mark(colour: string) {
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="28" height="28" fill="none" stroke-width="3" ' +
    `stroke="${colour}" stroke-linecap="round" aria-hidden="true"><circle cx="11" cy="16" r="6"/><path d="M17 16h12M24 16v5M29 16v4"/></svg>`
  )
}

/** The style of every page, served as /page.css. */
export const pageStyle = `
:root { --ink: #17232b; --quiet: #5a6872; --ground: #f5f7f8; --card: #ffffff; --line: #dbe1e5; --accent: #17616a; --code: #eef2f4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ecef; --quiet: #9aa8b1; --ground: #12181c; --card: #1a2227; --line: #2d383f; --accent: #6cc5cf; --code: #11171a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: clamp(1.5rem, 6vw, 4rem) 1.25rem; }
.brand { display: inline-flex; gap: .6rem; align-items: center; color: var(--accent); font-weight: 650; font-size: 1.15rem; text-decoration: none; }
h1 { font-size: clamp(1.6rem, 4vw, 2.1rem); line-height: 1.2; margin: 2rem 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1rem; margin: 0 0 .35rem; }
p { margin: 0 0 .8rem; }
a { color: var(--accent); }
.quiet { color: var(--quiet); }
ol.steps { list-style: none; counter-reset: step; margin: 2rem 0; padding: 0; display: grid; gap: .9rem; }
ol.steps > li { counter-increment: step; position: relative; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.1rem 1rem 3.4rem; }
ol.steps > li::before { content: counter(step); position: absolute; left: 1.1rem; top: 1.05rem; width: 1.5rem; height: 1.5rem; border-radius: 50%; background: var(--accent); color: var(--card); font-size: .85rem; font-weight: 650; display: grid; place-items: center; }
ol.steps p:last-child, ol.steps pre:last-child { margin-bottom: 0; }
pre { margin: .5rem 0; padding: .65rem .8rem; overflow-x: auto; background: var(--code); border: 1px solid var(--line); border-radius: 8px; }
code { font: .875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
`
