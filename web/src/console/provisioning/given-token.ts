/** A token that was just made, which cannot be shown again, and where it is used. */
export interface GivenToken {
  readonly methodId: string
  readonly token: string
  readonly baseUrl: string
}
