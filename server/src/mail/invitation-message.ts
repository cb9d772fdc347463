import type { Millis } from '../storage/database.ts'
import { greetingOf, inHtml, inOneLine, inText, type MessageParts, shortened, untilText } from './message-parts.ts'

/** What an invitation says. */
export interface InvitationContent {
  firstName: string | undefined
  email: string
  enterpriseName: string
  link: string
  expiresAt: Millis
}

/** Words the invitation, as plain text and as HTML that loads nothing from anywhere. */
export function invitationMessage({ firstName, email, enterpriseName, link, expiresAt }: InvitationContent): MessageParts {
  const enterprise = shortened(inOneLine(enterpriseName))
  const words = {
    greeting: greetingOf(firstName),
    before: [`${enterprise} has a place for you in Claviger, the vault where its teams keep and share passwords.`],
    button: { label: 'Create your account', link },
    after: [
      `The link is for ${inOneLine(email)} alone and works until ${untilText(expiresAt)}. Please do not forward it.`,
      'What you keep in your vault is encrypted on your device. Neither the administrators nor the server can read it.',
    ],
    reason: `You receive this mail because ${enterprise} gave you access. If you did not expect it, you can ignore it.`,
  }
  return { subject: `${enterprise} invites you to Claviger`, text: inText(words), html: inHtml(words) }
}
