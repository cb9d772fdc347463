import { approveWork } from '@claviger/client/approvals/approve.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { opened } from './session.ts'

/** Giving keys to others who wait for them. */
export const approving = {
  /** Approves everything that waits for who is signed in. @returns what was done, in sentences */
  async approveAll(): Promise<string[]> {
    const account = await opened()
    const { root, owner } = account
    const report = await approveWork(approverOf(account), { certify: true, own: { root, owner } })
    const { certified, approvedTeams, rotated, approved, renewed } = report
    return [
      ...certified.map(({ email }) => `Verified ${email}.`),
      ...approvedTeams.map(({ teamName }) => `Made the first key of ${teamName}.`),
      ...rotated.map(({ teamName }) => `Made the next key of ${teamName}.`),
      ...approved.map(({ email, teamName }) => `Admitted ${email} to ${teamName}.`),
      ...renewed.map(({ email, teamName }) => `Gave ${email} the next key of ${teamName}.`),
    ]
  },
}
