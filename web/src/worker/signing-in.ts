import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { register } from '@claviger/client/account/register.ts'
import { setUp } from '@claviger/client/account/set-up.ts'
import { type AskedFactors, type FactorAnswer, signIn } from '@claviger/client/account/sign-in.ts'
import { signOut } from '@claviger/client/account/sign-out.ts'
import { call } from '@claviger/client/api/call.ts'
import { type PasswordStrength, passwordStrength } from '@claviger/client/keys/password-strength.ts'
import { type InvitationShown, readInvitation } from '@claviger/contract/api/accounts.ts'
import { foundEnterprise } from '@claviger/contract/api/enterprises.ts'
import { opened, origin, setOpened, store } from './session.ts'

/** Who is signed in here, as the page shows it. */
export interface SignedIn {
  readonly userId: string
  readonly email: string
}

/** Becoming somebody in this browser, and leaving. */
export const signingIn = {
  /** What a link is for. */
  readLink: (token: string): Promise<InvitationShown> => call({ origin, token: null }, readInvitation, { token }),

  /** Makes the first enterprise of a new installation. @returns the token with which its first administrator sets up */
  async foundEnterprise(token: string, name: string, email: string): Promise<string> {
    const made = await call({ origin, token: null }, foundEnterprise, { token, name, email })
    return made.token
  },

  strength: (password: string, about: readonly string[]): Promise<PasswordStrength> => passwordStrength(password, about),

  /** @returns the recovery code, which is shown once */
  async accept(purpose: InvitationShown['purpose'], token: string, password: string): Promise<string> {
    const make = purpose === 'setup' ? setUp : register
    const made = await make({ origin, token, password, store, deviceName: deviceName(), exportable: false })
    setOpened(made.account)
    return made.recoveryCode
  },

  async signIn(email: string, password: string, secondFactor: (asked: AskedFactors) => Promise<FactorAnswer>): Promise<SignedIn> {
    const account = await signIn({ origin, email, password, store, deviceName: deviceName(), exportable: false, secondFactor })
    setOpened(account)
    return shown(account)
  },

  /** Who is signed in in this browser. @throws ClientError `signed_out` */
  whoAmI: async (): Promise<SignedIn> => shown(await opened()),

  /** The address that was last signed in with here; '' where there is none. */
  lastEmail: async (): Promise<string> => (await store.load())?.email ?? '',

  async signOut(): Promise<void> {
    const account = await opened()
    setOpened(null)
    await signOut(account)
  },
}

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
