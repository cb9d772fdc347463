import { AppError } from '../errors.ts'
import type { EmailPolicy } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'
import { readEmail } from './email.ts'
import type { Person } from './user.ts'

/**
 * The e-mail address that identifies the person (story 7), and whether the directory's primary e-mail is another one.
 * @throws AppError `invalid_value` where userName is no e-mail address, or differs and the method refuses that.
 */
export function identityOf(person: Person, policy: EmailPolicy): { email: string; emailDiffers: boolean } {
  const email = readEmail(person.userName)
  if (email === null) {
    throw new AppError(
      'invalid_value',
      `userName must be an e-mail address, and "${short(person.userName)}" is none. In Okta, set "Application username format" to Email ` +
        "on the app's Sign On tab (in Entra ID, map userName to mail), then provision this user again.",
    )
  }
  const emailDiffers = person.primaryEmail !== null && textKey(person.primaryEmail) !== textKey(email)
  if (emailDiffers && policy === 'refuse') {
    throw new AppError(
      'invalid_value',
      `userName (${email}) differs from the primary e-mail (${short(person.primaryEmail ?? '')}), which this provisioning method refuses. ` +
        'Map both to the same attribute in the directory, or let the method warn instead.',
    )
  }
  return { email, emailDiffers }
}

function short(text: string) {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
