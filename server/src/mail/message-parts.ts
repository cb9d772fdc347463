import type { Millis } from '../storage/database.ts'

/** A mail's words in the forms in which it goes out. */
export interface MessageParts {
  /** One line, without control characters. */
  subject: string
  text: string
  html: string
}

/** What a mail says, in order. Plain text; nothing in it is HTML. */
export interface MessageWords {
  greeting: string
  before: readonly string[]
  /** The one thing to do, where there is one. */
  button: { label: string; link: string } | null
  after: readonly string[]
  /** Why this person gets the mail. */
  reason: string
}

const NAME_LENGTH = 80
const time = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** A time as mails write it: `7 December 2026 at 14:05 UTC`. */
export function untilText(at: Millis): string {
  return `${time.format(at)} UTC`
}

/** `Hello Ada,` where the directory sent a first name, else `Hello,`. */
export function greetingOf(firstName: string | undefined): string {
  const name = shortened(inOneLine(firstName ?? ''))
  return name === '' ? 'Hello,' : `Hello ${name},`
}

/** A mail as plain text. */
export function inText({ greeting, before, button, after, reason }: MessageWords): string {
  const action = button === null ? [] : [`${button.label}:\n${button.link}`]
  return [greeting, ...before, ...action, ...after, `-- \n${reason}`, ''].join('\n\n')
}

/**
 * A mail as HTML that loads nothing from anywhere. Styles stand in the elements, for clients that drop <style>; the dark
 * colours need one, and are lost without harm.
 */
export function inHtml({ greeting, before, button, after, reason }: MessageWords): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>Claviger</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page, .card { background: #16191d !important; color: #e6e8eb !important; }
  .quiet { color: #a3abb5 !important; }
  .link { color: #8ab4ff !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:24px;background:#f4f5f7;color:#1c2024">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="max-width:560px;background:#ffffff;color:#1c2024;border-radius:8px"><tr>
<td style="padding:32px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5;text-align:left">
${[greeting, ...before].map(paragraph).join('\n')}
${button === null ? '' : buttonHtml(escapeHtml(button.label), escapeHtml(button.link))}
${after.map(paragraph).join('\n')}
<p class="quiet" style="margin:24px 0 0;color:#5a6470;font-size:14px">${escapeHtml(reason)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`
}

function paragraph(text: string): string {
  return `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`
}

function buttonHtml(label: string, link: string): string {
  return `<p style="margin:24px 0"><a href="${link}"
 style="display:inline-block;padding:12px 20px;background:#1f4fd8;color:#ffffff;border-radius:6px;font-weight:600;text-decoration:none"
>${label}</a></p>
<p class="quiet" style="margin:0 0 4px;color:#5a6470;font-size:14px">If the button does not work, open this address in your browser:</p>
<p style="margin:0 0 24px;font-size:14px;word-break:break-all"><a class="link" href="${link}" style="color:#1f4fd8">${link}</a></p>`
}

/** Text for HTML, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A name comes from the directory: no line breaks into headers, no direction marks that turn the sentence around. */
export function inOneLine(name: string): string {
  return name
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
}

/** A name of bounded length, cut between letters. */
export function shortened(name: string): string {
  const letters = Array.from(name)
  return letters.length <= NAME_LENGTH ? name : `${letters.slice(0, NAME_LENGTH).join('')}…`
}
