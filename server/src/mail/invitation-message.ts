import type { Millis } from '../storage/database.ts'

/** What an invitation says. */
export interface InvitationContent {
  firstName: string | undefined
  email: string
  enterpriseName: string
  link: string
  expiresAt: Millis
}

export interface MessageParts {
  /** One line, without control characters. */
  subject: string
  text: string
  html: string
}

const NAME_LENGTH = 80
const until = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** Words the invitation, as plain text and as HTML that loads nothing from anywhere. */
export function invitationMessage({ firstName, email, enterpriseName, link, expiresAt }: InvitationContent): MessageParts {
  const name = shortened(inOneLine(firstName ?? ''))
  const enterprise = shortened(inOneLine(enterpriseName))
  const words: Words = {
    greeting: name === '' ? 'Hello,' : `Hello ${name},`,
    lead: `${enterprise} has a place for you in Claviger, the vault where its teams keep and share passwords.`,
    term: `The link is for ${inOneLine(email)} alone and works until ${until.format(expiresAt)} UTC. Please do not forward it.`,
    privacy: 'What you keep in your vault is encrypted on your device. Neither the administrators nor the server can read it.',
    reason: `You receive this mail because ${enterprise} gave you access. If you did not expect it, you can ignore it.`,
    link,
  }
  return { subject: `${enterprise} invites you to Claviger`, text: inText(words), html: inHtml(words) }
}

type Words = Record<'greeting' | 'lead' | 'term' | 'privacy' | 'reason' | 'link', string>

function inText({ greeting, lead, link, term, privacy, reason }: Words): string {
  return [greeting, lead, `Create your account:\n${link}`, term, privacy, `-- \n${reason}`, ''].join('\n\n')
}

/** Styles stand in the elements, for clients that drop <style>; the dark colours need one, and are lost without harm. */
function inHtml(words: Words): string {
  const link = escapeHtml(words.link)
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
<p style="margin:0 0 16px">${escapeHtml(words.greeting)}</p>
<p style="margin:0 0 16px">${escapeHtml(words.lead)}</p>
<p style="margin:24px 0"><a href="${link}"
 style="display:inline-block;padding:12px 20px;background:#1f4fd8;color:#ffffff;border-radius:6px;font-weight:600;text-decoration:none"
>Create your account</a></p>
<p class="quiet" style="margin:0 0 4px;color:#5a6470;font-size:14px">If the button does not work, open this address in your browser:</p>
<p style="margin:0 0 24px;font-size:14px;word-break:break-all"><a class="link" href="${link}" style="color:#1f4fd8">${link}</a></p>
<p style="margin:0 0 16px">${escapeHtml(words.term)}</p>
<p style="margin:0 0 16px">${escapeHtml(words.privacy)}</p>
<p class="quiet" style="margin:24px 0 0;color:#5a6470;font-size:14px">${escapeHtml(words.reason)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`
}

/** Text for HTML, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A name comes from the directory: no line breaks into headers, no direction marks that turn the sentence around. */
function inOneLine(name: string): string {
  return name
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
}

function shortened(name: string): string {
  const letters = Array.from(name)
  return letters.length <= NAME_LENGTH ? name : `${letters.slice(0, NAME_LENGTH).join('')}…`
}
