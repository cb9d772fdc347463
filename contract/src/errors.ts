/** Every reason for which bytes that should follow the contract are refused. The first that applies is given. */
export type ContractErrorCode =
  /** Not of the shape, length or encoding that suite v1 has. */
  | 'malformed'
  /** Made for another enterprise log. */
  | 'wrong_enterprise'
  /** Does not follow the entry before it: reordered, left out, repeated, or continued from somewhere else. */
  | 'broken_chain'
  /** The signature is not by the key that should have signed. */
  | 'bad_signature'
  /** Signed by somebody who is not, or no longer, in the log in that role. */
  | 'unknown_signer'
  /** The signer is known but may not state this. */
  | 'not_permitted'
  /** Contradicts what the log already says. */
  | 'contradiction'

/** A refusal by the contract. The message names shapes, ids and roles, never a value that could be secret. */
export class ContractError extends Error {
  override name = 'ContractError'
  readonly code: ContractErrorCode
  constructor(code: ContractErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
