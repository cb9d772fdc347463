import { Tooltip, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconClock, IconMailX } from '@tabler/icons-react'
import type { AnswerOf } from '../../worker/routes.ts'

export type UserFlag = AnswerOf<'listUsers'>['users'][number]['flags'][number]

/** What a flag is about, and what ends it. */
export const flagWords: Readonly<Record<UserFlag, { label: string; about: string; cure: string }>> = {
  'email-differs': {
    label: 'E-mail differs',
    about: 'The directory’s primary e-mail address is not the userName, with which this person signs in.',
    cure: 'If the person should sign in with the other address, map userName to the e-mail address in the directory and assign the person again. If both are meant, nothing has to be done.',
  },
  'invitation-failed': {
    label: 'Mail failed',
    about: 'The invitation could not be delivered.',
    cure: 'Check the address in the directory, which corrects it here. Then resend the invitation.',
  },
  'invitation-expired': {
    label: 'Invitation expired',
    about: 'The invitation was not accepted in time, so its link opens nothing any more.',
    cure: 'Resend the invitation: the new link is good for the full term.',
  },
}

const icons: Readonly<Record<UserFlag, typeof IconClock>> = {
  'email-differs': IconAlertTriangle,
  'invitation-failed': IconMailX,
  'invitation-expired': IconClock,
}

/** What wants attention, in two words each; the rest on hover and for screen readers. */
export function UserFlags({ flags }: { flags: readonly UserFlag[] }) {
  return (
    <span className="user-flags">
      {flags.map((flag) => {
        const { label, about } = flagWords[flag]
        const Icon = icons[flag]
        return (
          <Tooltip key={flag} label={about} multiline maw="20rem">
            <span className="state" data-tone={flag === 'email-differs' ? 'waits' : 'bad'}>
              <Icon size={14} aria-hidden />
              <span className="user-flag-label">{label}</span>
              <VisuallyHidden>{`: ${about}`}</VisuallyHidden>
            </span>
          </Tooltip>
        )
      })}
    </span>
  )
}
