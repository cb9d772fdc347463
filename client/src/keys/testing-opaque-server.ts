import type { UserId } from '@claviger/contract/ids.ts'
import { opaqueIdentifiers } from '@claviger/contract/opaque.ts'
import { ready, server } from '@serenity-kit/opaque'
import type { RootOwner } from './root-owner.ts'

/** The server's half of OPAQUE as the library has it, for tests and benchmarks that have no server. */
export class TestOpaqueServer {
  readonly #serverSetup: string

  private constructor(serverSetup: string) {
    this.#serverSetup = serverSetup
  }

  static async open(): Promise<TestOpaqueServer> {
    await ready
    return new TestOpaqueServer(server.createSetup())
  }

  answerRegistration(userId: UserId, registrationRequest: string): string {
    const request = { serverSetup: this.#serverSetup, userIdentifier: userId, registrationRequest }
    return server.createRegistrationResponse(request).registrationResponse
  }

  /** `end` takes the client's last message, and gives the secret that both then share. @throws where the client had another password */
  answerSignIn(owner: RootOwner, registrationRecord: string, startLoginRequest: string) {
    const identifiers = opaqueIdentifiers(owner.enterprise, owner.userId)
    const { serverLoginState, loginResponse } = server.startLogin({
      serverSetup: this.#serverSetup,
      userIdentifier: owner.userId,
      registrationRecord,
      startLoginRequest,
      identifiers,
    })
    const end = (finishLoginRequest: string) => server.finishLogin({ serverLoginState, finishLoginRequest, identifiers }).sessionKey
    return { loginResponse, end }
  }
}
