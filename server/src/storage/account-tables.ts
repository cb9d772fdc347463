import type { Generated } from 'kysely'
import type { Flag, Millis } from './column-types.ts'

export type RootWay = 'password' | 'recovery-code' | 'passkey' | 'device' | 'recovery-key'
export type DeviceRequestState = 'pending' | 'approved' | 'denied' | 'cancelled' | 'used'
export type SecondFactorKind = 'totp' | 'passkey'

/** The tables of migration 0002. What is called a wrap, grant or list is JSON text of the shapes in contract/. */
export interface AccountTables {
  /** Appended to, never changed: the exact bytes that were signed, base64url. */
  enterprise_log: { enterprise_id: string; sequence: number; statement: string; signature: string; at: Millis }
  /** A registered user's keys: public halves, the private ones as ciphertext, and what OPAQUE needs. */
  accounts: {
    user_id: string
    signing_key: string
    encryption_key: string
    key_binding: string
    identity: string
    /** null for who signs in through the directory only. */
    opaque_record: string | null
    /** SHA-256 of what the recovery code proves itself with, base64url. */
    recovery_hash: string | null
    device_list: string | null
    device_list_version: number
    /** The log has a certificate of these keys. Kept so that who waits for one is found without reading everybody. */
    certified: Generated<Flag>
    created_at: Millis
    updated_at: Millis
  }
  /** `holder`: the device or passkey, '' for the other ways. */
  root_wraps: { user_id: string; way: RootWay; holder: string; epoch: number; wrap: string }
  devices: {
    id: string
    user_id: string
    name: string
    signing_key: string
    encryption_key: string
    created_at: Millis
    seen_at: Millis
    removed_at: Millis | null
  }
  /** A new device that waits to be admitted. `device` is its ListedDevice; `secret_hash` of what only it knows. */
  device_requests: {
    id: string
    user_id: string
    device_id: string
    device: string
    name: string
    secret_hash: string
    state: DeviceRequestState
    created_at: Millis
    expires_at: Millis
    decided_at: Millis | null
    decided_by: string | null
  }
  sessions: {
    id: string
    user_id: string
    device_id: string | null
    token_hash: string
    created_at: Millis
    /** When the person last proved who they are: acts that need a fresh sign-in look at it. */
    proven_at: Millis
    used_at: Millis
    expires_at: Millis
    ended_at: Millis | null
    address: string
    agent: string
  }
  /** A sign-in between its steps. `user_id` null: the address is nobody's, and the answer must not show it. */
  sign_ins: {
    id: string
    user_id: string | null
    stage: 'password' | 'second-factor'
    state: string
    device_id: string | null
    attempts: number
    expires_at: Millis
  }
  second_factors: {
    id: string
    user_id: string
    kind: SecondFactorKind
    name: string
    /** A passkey's, base64url. */
    credential_id: string | null
    /** TOTP: the shared secret in base32. Passkey: the public key, base64url. */
    secret: string
    /** TOTP: the last time step that was used. Passkey: the authenticator's counter. */
    counter: number
    created_at: Millis
    /** null until it was used once, which ends the enrolment. */
    confirmed_at: Millis | null
    used_at: Millis | null
  }
  held_keys: { enterprise_id: string; kind: 'approver-key' | 'recovery-key'; epoch: number; holder_id: string; wrap: string }
  automators: {
    id: string
    enterprise_id: string
    name: string
    token_hash: string
    created_at: Millis
    seen_at: Millis | null
    removed_at: Millis | null
  }
  /** A team's key for the holders of the approver key. */
  team_grants: { team_id: string; epoch: number; approver_epoch: number; key_grant: string; created_at: Millis }
  /** What a person is told: a new device, a recovery, a transfer. */
  notices: { id: string; user_id: string; kind: string; detail: string; created_at: Millis; seen_at: Millis | null }
}
