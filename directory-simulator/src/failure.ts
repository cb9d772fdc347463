import { STATUS_CODES } from 'node:http'

/** Why an operation came to nothing. */
export interface Failure {
  /**
   * `refused`: the server answered with an error. `unreachable`: no answer. `unreadable`: an answer that is no SCIM.
   * `unmatched`: the server does not know the person or group. `unsupported`: that directory never does this.
   */
  kind: 'refused' | 'unreachable' | 'unreadable' | 'unmatched' | 'unsupported'
  status: number | null
  scimType: string | null
  /** The server's own words where it gave any, otherwise what to check. */
  detail: string
}

/** Carries a failure from the depth of an operation to the outcome. */
export class OperationFailed extends Error {
  override name = 'OperationFailed'
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.detail)
    this.failure = failure
  }
}

/** An answer that a directory cannot use. */
export function unreadable(status: number | null, detail: string): OperationFailed {
  return new OperationFailed({ kind: 'unreadable', status, scimType: null, detail })
}

/** A person or group that the server should know and does not. */
export function unmatched(detail: string): OperationFailed {
  return new OperationFailed({ kind: 'unmatched', status: null, scimType: null, detail })
}

/** No answer at all: says what to check, by the code that Node gives the network error. */
export function unreachable(address: string, code: string, message: string): OperationFailed {
  return new OperationFailed({ kind: 'unreachable', status: null, scimType: null, detail: whatToCheck(address, code, message) })
}

/** `Bad Request` for 400. */
export function reasonPhrase(status: number | null): string {
  return status === null ? 'No answer' : (STATUS_CODES[status] ?? `HTTP ${status}`)
}

function whatToCheck(address: string, code: string, message: string): string {
  switch (code) {
    case 'BAD_ADDRESS':
      return `"${address}" is not a web address. Copy the whole URL of the provisioning method, from https:// on.`
    case 'ECONNREFUSED':
      return `Nothing listens at ${address}. Check that the server runs, and the port.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name in ${address} is not known to DNS. Check the spelling, and that the name is public if the directory is.`
    case 'TIME_LIMIT':
      return `${address} gave no answer in time. Check the server's load, and that no firewall drops the connection silently.`
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${address} cannot be reached. Check the network between the directory and the server, and the firewall.`
    case 'ECONNRESET':
    case 'EPIPE':
      return `${address} closed the connection without an answer. Check the server's log, and any proxy in front of it.`
    case 'CERT_HAS_EXPIRED':
      return `The TLS certificate of ${address} has expired. Renew it.`
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return `The TLS certificate of ${address} is self-signed. A directory accepts only one from a public authority.`
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `The TLS certificate of ${address} comes without its intermediate certificates. Install the full chain.`
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The TLS certificate of ${address} is for another name. Check the URL, and the names in the certificate.`
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return `${address} does not speak TLS on that port. Check https:// or http://, and the port.`
    default:
      return code.startsWith('HPE_')
        ? `${address} answered something that is not HTTP. Check the port, and https:// or http://.`
        : `${address} cannot be reached (${code === '' ? message : code}).`
  }
}
