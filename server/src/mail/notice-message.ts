import type { NoticeDetail } from '@claviger/contract/api/notices.ts'
import type { Millis } from '../storage/database.ts'
import { greetingOf, inHtml, inOneLine, inText, type MessageParts, shortened, untilText } from './message-parts.ts'

/** What the mail of a notice says. */
export interface NoticeContent {
  firstName: string | undefined
  email: string
  enterpriseName: string
  /** A NoticeKind. */
  noticeKind: string
  detail: NoticeDetail
  happenedAt: Millis
}

interface Wording {
  subject: string
  /** What happened. */
  lead: string
  /** What to do about it, foremost if the reader did not expect it. */
  advice: string
}

/** Words what was done to an account. The mail has no link on purpose: a forged one would have one. */
export function noticeMessage(content: NoticeContent): MessageParts {
  const enterprise = shortened(inOneLine(content.enterpriseName))
  const { subject, lead, advice } = wordingOf(content.noticeKind, content.detail)
  const words = {
    greeting: greetingOf(content.firstName),
    before: [lead, factsOf(content)],
    button: null,
    after: [advice, 'This mail has no link on purpose. Open Claviger the way you always do.'],
    reason: `You receive this mail because ${inOneLine(content.email)} has an account in Claviger at ${enterprise}.`,
  }
  return { subject: `${subject} (Claviger at ${enterprise})`, text: inText(words), html: inHtml(words) }
}

function factsOf({ happenedAt, detail }: NoticeContent): string {
  const facts = [
    `When: ${untilText(happenedAt)}`,
    detail.device !== undefined && `Device: ${named(detail.device)}`,
    detail.address !== undefined && `Network address: ${named(detail.address)}`,
    detail.agent !== undefined && detail.agent !== '' && `Program: ${named(detail.agent)}`,
  ]
  return `${facts.filter((fact) => fact !== false).join('. ')}.`
}

const NOT_YOU = 'If this was not you, tell your administrator now'

function wordingOf(kind: string, detail: NoticeDetail): Wording {
  const by = detail.by === undefined ? 'an administrator' : `the administrator ${named(detail.by)}`
  const person = detail.person === undefined ? 'another person' : named(detail.person)
  const folders = detail.folders === 1 ? '1 personal folder' : `${detail.folders ?? 'the'} personal folders`
  switch (kind) {
    case 'device-added':
      return {
        subject: 'A new device has your vault',
        lead: 'Somebody signed in to your account on a new device, and that device can open your vault now.',
        advice: `${NOT_YOU}, remove the device under Devices, and change your password.`,
      }
    case 'device-admitted':
      return {
        subject: 'A new device has your vault',
        lead: 'One of your devices admitted a new device, and that device can open your vault now.',
        advice: `${NOT_YOU}, and remove the device under Devices.`,
      }
    case 'password-changed':
      return {
        subject: 'Your password was changed',
        lead: 'The password of your account was changed. Every other session has ended.',
        advice: `${NOT_YOU}, and set your password anew with your recovery code.`,
      }
    case 'recovery-code-changed':
      return {
        subject: 'Your recovery code was changed',
        lead: 'A new recovery code was made for your account. The code before it is void.',
        advice: `${NOT_YOU}, and change your password.`,
      }
    case 'recovered-by-code':
      return {
        subject: 'Your account was opened with your recovery code',
        lead: 'Your recovery code was used to set a new password. The old password, the old code and every other device are void.',
        advice: `Keep the new code in a safe place. ${NOT_YOU}: whoever did it knows your recovery code.`,
      }
    case 'recovered-by-administrator':
      return {
        subject: 'An administrator gave a device access to your vault',
        lead: `With the recovery key of your enterprise, ${by} opened your account to let in a device. It can open your vault.`,
        advice: 'If you did not ask for this, remove the device under Devices, and tell another administrator now.',
      }
    case 'vault-transferred-to-you':
      return {
        subject: 'You were given the vault of another person',
        lead: `${sentence(by)} transferred ${folders} of ${person} to you. They are among your folders now.`,
        advice: 'Keep what the enterprise needs and delete the rest. If you did not expect this, ask that administrator.',
      }
    case 'vault-transferred-from-you':
      return {
        subject: 'Your personal folders were given to another person',
        lead: `${sentence(by)} transferred ${folders} of yours to ${person}, who can read them now.`,
        advice: 'Change passwords that are yours alone and that you kept there. If you object, ask that administrator.',
      }
    case 'second-factor-changed':
      return {
        subject: 'Your second factor was changed',
        lead: `A second factor of your account was changed${detail.change === undefined ? '' : ` (${named(detail.change)})`}.`,
        advice: `${NOT_YOU}, and change your password.`,
      }
    case 'removals-held':
      return {
        subject: 'A directory was paused by its limits',
        lead: `${detail.node === undefined ? 'A directory' : `The directory of ${named(detail.node)}`} would take access from ${
          detail.people ?? 'more'
        } people within ${detail.minutes === undefined ? 'its window' : `${detail.minutes} minutes`}, which is beyond its limits. Claviger has paused it, and nothing beyond the limits was applied.`,
        advice:
          'Look at what is held in the Admin Console, on the page of the provisioning method, and apply or reject it. Until then the directory is told to come back later.',
      }
    default:
      return {
        subject: 'Something was changed in your account',
        lead: 'Something was changed in your account; your Web Vault says more.',
        advice: `${NOT_YOU}.`,
      }
  }
}

function named(text: string): string {
  return shortened(inOneLine(text))
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
