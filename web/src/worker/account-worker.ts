import '@claviger/client/without-eval.ts'
import { openAccount } from '@claviger/client/account/open.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { register } from '@claviger/client/account/register.ts'
import { setUp } from '@claviger/client/account/set-up.ts'
import { type AskedFactors, type FactorAnswer, signIn } from '@claviger/client/account/sign-in.ts'
import { signOut } from '@claviger/client/account/sign-out.ts'
import { call } from '@claviger/client/api/call.ts'
import { approveWork } from '@claviger/client/approvals/approve.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { type PasswordStrength, passwordStrength } from '@claviger/client/keys/password-strength.ts'
import { type InvitationShown, readInvitation } from '@claviger/contract/api/accounts.ts'
import { expose } from 'comlink'
import { browserProfileStore } from './profile-store.ts'
import { type AnswerOf, type InputOf, type RouteName, routes } from './routes.ts'
import { throwOver } from './throw-over.ts'

/** Who is signed in here, as the page shows it. */
export interface SignedIn {
  readonly userId: string
  readonly email: string
}

const store = browserProfileStore()
const { origin } = self.location
let open: OpenAccount | null = null

/**
 * All that has to do with keys: the page asks, and sees results, never a key. Long steps (Argon2id, thousands of
 * records) run here, so that the page stays quick.
 */
const accountWorker = {
  /** What a link is for. */
  readLink: (token: string): Promise<InvitationShown> => call({ origin, token: null }, readInvitation, { token }),

  strength: (password: string, about: readonly string[]): Promise<PasswordStrength> => passwordStrength(password, about),

  /** @returns the recovery code, which is shown once */
  async accept(purpose: InvitationShown['purpose'], token: string, password: string): Promise<string> {
    const make = purpose === 'setup' ? setUp : register
    const made = await make({ origin, token, password, store, deviceName: deviceName(), exportable: false })
    open = made.account
    return made.recoveryCode
  },

  async signIn(email: string, password: string, secondFactor: (asked: AskedFactors) => Promise<FactorAnswer>): Promise<SignedIn> {
    open = await signIn({ origin, email, password, store, deviceName: deviceName(), exportable: false, secondFactor })
    return shown(open)
  },

  /** Who is signed in in this browser. @throws ClientError `signed_out` */
  async whoAmI(): Promise<SignedIn> {
    open ??= await openAccount(store)
    return shown(open)
  },

  /** The address that was last signed in with here; '' where there is none. */
  lastEmail: async (): Promise<string> => (await store.load())?.email ?? '',

  async signOut(): Promise<void> {
    const account = open ?? (await openAccount(store))
    open = null
    await signOut(account)
  },

  /** Approves everything that waits for who is signed in. @returns what was done, in sentences */
  async approveAll(): Promise<string[]> {
    open ??= await openAccount(store)
    const { root, owner } = open
    const report = await approveWork(approverOf(open), { certify: true, own: { root, owner } })
    const { certified, approvedTeams, rotated, approved, renewed } = report
    return [
      ...certified.map(({ email }) => `Verified ${email}.`),
      ...approvedTeams.map(({ teamName }) => `Made the first key of ${teamName}.`),
      ...rotated.map(({ teamName }) => `Made the next key of ${teamName}.`),
      ...approved.map(({ email, teamName }) => `Admitted ${email} to ${teamName}.`),
      ...renewed.map(({ email, teamName }) => `Gave ${email} the next key of ${teamName}.`),
    ]
  },

  /** One request of the JSON API, as who is signed in. */
  async ask<Name extends RouteName>(name: Name, input: InputOf<Name>): Promise<AnswerOf<Name>> {
    open ??= await openAccount(store)
    return (await call<object, unknown>(open.connection, routes[name], input)) as AnswerOf<Name>
  },
}

export type AccountWorker = typeof accountWorker

function shown({ profile: { userId, email } }: OpenAccount): SignedIn {
  return { userId, email }
}

/** How this browser is named in the list of devices: what it says of itself. */
function deviceName(): string {
  const agent = navigator.userAgent
  const browser = ['Edg', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name)) ?? 'Browser'
  const system = ['Windows', 'Android', 'iPhone', 'Mac OS', 'Linux'].find((name) => agent.includes(name))
  return system === undefined ? browser : `${browser === 'Edg' ? 'Edge' : browser} on ${system}`
}

throwOver()
expose(accountWorker)
