/** Every reason for which a client refuses, besides those of the contract (ContractError). */
export type ClientErrorCode =
  /** A wrap or ciphertext does not open with this key as what it is given out to be: altered, swapped, replayed or another's. */
  | 'cannot_open'
  /** The password is wrong, there is no such account, or the server does not hold what it was given at registration. */
  | 'wrong_password'
  | 'weak_password'
  /** Mistyped: the checksum does not fit. */
  | 'wrong_recovery_code'
  /** These public keys are certified for nobody, or for somebody else. */
  | 'uncertified'
  /** The certified keys are not those that were offered. */
  | 'swapped_key'
  /** A grant is not by whom it names, or is for another key, epoch, team or person. */
  | 'bad_grant'
  /** The log does not make them a holder of this key. */
  | 'not_entitled'
  /** The log says nothing of this team, epoch or key, or has a newer one. */
  | 'unknown_key'
  /** The log is of another enterprise than the one that was pinned. */
  | 'another_enterprise'
  /** The log does not continue the one that was pinned. */
  | 'log_forked'
  /** The log ends before the place that was pinned. */
  | 'log_shortened'
  /** An older state than one that this device has seen. */
  | 'rolled_back'
  /** A public key to which nothing can be sealed: not a point, or one that gives the same secret to everybody. */
  | 'unusable_key'
  /** The key must stay where it is: it was made so that it cannot be exported. */
  | 'not_exportable'
  /** No answer came from the server. */
  | 'unreachable'
  /** The server's answer has not the shape that was agreed on. */
  | 'unexpected_answer'
  /** The account has a second factor, and it was not given. */
  | 'second_factor'
  /** No folder, record or upload of the open vault. */
  | 'not_open'
  /** Longer than what a record or an attachment may hold. */
  | 'too_large'
  /** This device has no account yet, or is signed out: sign in first. */
  | 'signed_out'

/** A refusal by the client. The message holds no secret and nothing that was decrypted. */
export class ClientError extends Error {
  override name = 'ClientError'
  readonly code: ClientErrorCode
  constructor(code: ClientErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
