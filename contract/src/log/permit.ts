import { ContractError } from '../errors.ts'
import type { SigningKey } from '../public-keys.ts'
import type { Draft, LogState } from './state.ts'
import type { AdministratorRight, AutomatorRight, Signer, Statement, StatementBody } from './statement.ts'

/** Per kind of statement, the rights of an administrator that it needs, and the right of an automator that does instead. */
const needed: Readonly<Record<Exclude<StatementBody['kind'], 'genesis'>, { all: readonly AdministratorRight[]; or?: AutomatorRight }>> = {
  'administrator-added': { all: ['administrators'] },
  'administrator-removed': { all: ['administrators'] },
  'user-certified': { all: ['certify'], or: 'certify' },
  'identity-provider-pinned': { all: ['policy'] },
  'identity-provider-removed': { all: ['policy'] },
  'policy-set': { all: ['policy'] },
  'approver-key': { all: ['administrators'] },
  'recovery-key': { all: ['recovery'] },
  'team-key': { all: ['certify'], or: 'teams' },
  // An automator can be given the right to certify, which nobody can pass on without having it.
  'automator-enrolled': { all: ['policy', 'certify'] },
  'automator-removed': { all: ['policy'] },
}

/** The key that must have signed: the log's own for administrators, automators and who holds a team's key. @throws ContractError `unknown_signer` */
export function keyOfSigner(state: LogState | Draft, { signer, body }: Statement): SigningKey {
  if (signer.kind === 'automator') return state.automators.get(signer.id)?.identity.signingKey ?? unknown(signer)
  if (signer.kind === 'administrator') {
    const certificate = state.administrators.has(signer.id) ? state.certificates.get(signer.id) : undefined
    return certificate?.identity.signingKey ?? unknown(signer)
  }
  if (body.kind === 'team-key') return state.certificates.get(signer.id)?.identity.signingKey ?? unknown(signer)
  // Who comes with the directory's evidence signs with the keys that the evidence is for.
  if (body.kind !== 'user-certified' || body.userId !== signer.id) return unknown(signer)
  return body.identity.signingKey
}

/** Refuses what the signer may not state; that a user holds the team's key, `requireHolder` checks. @throws ContractError `not_permitted` */
export function requirePermission(state: LogState | Draft, { signer, body }: Statement): void {
  if (body.kind === 'genesis') throw new ContractError('not_permitted', 'A log has one genesis, and this is not its place.')
  const { all, or } = needed[body.kind]
  const evidence = body.kind === 'user-certified' ? body.evidence.kind : undefined
  if (signer.kind === 'user') {
    if (evidence === 'saml' || body.kind === 'team-key') return
  } else if (signer.kind === 'automator') {
    const scope = state.automators.get(signer.id)?.scope
    const fits = evidence === undefined || evidence === 'automator' || (evidence === 'first-use' && scope?.verifiedPeopleOnly === false)
    if (or !== undefined && scope?.rights.includes(or) && fits) return
  } else {
    const rights = state.administrators.get(signer.id) ?? []
    if (all.every((right) => rights.includes(right)) && evidence !== 'automator' && evidence !== 'saml') return
  }
  throw new ContractError(
    'not_permitted',
    `The ${signer.kind} ${signer.id} may not state ${body.kind}${evidence ? ` by ${evidence}` : ''}.`,
  )
}

function unknown(signer: Signer): never {
  throw new ContractError('unknown_signer', `The log has no ${signer.kind} ${signer.id}.`)
}
