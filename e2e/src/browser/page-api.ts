import type { RootOwner } from '@claviger/client/keys/root-owner.ts'
import type { Checked } from '@claviger/client/keys/testing-vectors.ts'
import type { SealedIdentity, UserRootWrap } from '@claviger/contract/envelopes.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import type { SigningKey } from '@claviger/contract/public-keys.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import type { RecordText, Shared } from './sharing.ts'

type Wrap<Way extends UserRootWrap['way']> = Extract<UserRootWrap, { way: Way }>

/** What a server keeps of an account. */
export interface Account {
  readonly owner: RootOwner
  readonly log: readonly LogEntry[]
  readonly registrationRecord: string
  readonly identity: SealedIdentity
  readonly byPassword: Wrap<'password'>
  readonly byDevice: Wrap<'device'>
  readonly devices: SignedStatement
}

/** What a way in led to. */
export interface Opened {
  readonly signingKey: SigningKey
  /** Why the device's private keys do not leave it: what the client says, and what the browser does. */
  readonly refusals: readonly string[]
}

/** How long something took, in milliseconds, and how a timer of the main thread fared meanwhile. */
export interface Ticked {
  readonly millis: number
  readonly ticks: number
  readonly longestGap: number
}

/** How long a Worker took for a vault, in milliseconds. */
export interface VaultFigures {
  readonly firstTitles: number
  readonly allTitles: number
  /** As many bare AES-GCM operations as the vault needs. */
  readonly bare: number
}

/** What the page does for a test. Arguments and results are JSON; keys stay in the page. */
export interface PageApi {
  checkVectors(name: string, file: unknown): Promise<Checked[]>
  found(): Promise<RootOwner>
  startRegistration(password: string): Promise<string>
  finishRegistration(password: string, registrationResponse: string): Promise<Account>
  openOnDevice(account: Account): Promise<Opened>
  startSignIn(password: string): Promise<string>
  finishSignIn(
    password: string,
    loginResponse: string,
    account: Account,
  ): Promise<{ finishLoginRequest: string; sessionKey: string; signingKey: SigningKey }>
  share(account: Account, text: RecordText): Promise<Shared>
  openShared(shared: Shared): Promise<RecordText>
  stretchPassword(where: 'worker' | 'page'): Promise<Ticked>
  openVault(records: number): Promise<VaultFigures>
  /** Whether text can still become code. */
  canEvaluate(): Promise<boolean>
}
