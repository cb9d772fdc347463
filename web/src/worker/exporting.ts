import { ApiError } from '@claviger/client/api/call.ts'
import { ClientError } from '@claviger/client/errors.ts'
import { type ActivityExport, exportPath } from '@claviger/contract/api/console/activity.ts'
import { Refusal } from '@claviger/contract/api/refusal.ts'
import { opened, origin } from './session.ts'

/** A file that was fetched. */
export interface ExportedFile {
  readonly name: string
  readonly content: Blob
}

let running: AbortController | null = null

/** Files that are too long for an answer in one piece, and that only a request with the session's token gets. */
export const exporting = {
  /** Fetches the activity as a file, piece by piece. `tell` hears how many bytes there are so far. */
  async exportActivity(wanted: ActivityExport, tell: (bytes: number) => void): Promise<ExportedFile> {
    const { connection } = await opened()
    const url = new URL(exportPath, origin)
    for (const [name, value] of Object.entries(wanted)) if (value !== undefined) url.searchParams.set(name, String(value))
    running = new AbortController()
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${connection.token}` },
      signal: running.signal,
    }).catch((error: unknown) => {
      throw new ClientError('unreachable', 'The file was not fetched: the server cannot be reached.', error)
    })
    if (!response.ok) throw await refusalOf(response)
    const parts = await partsOf(response, tell)
    const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
    return { name: name ?? `claviger-activity.${wanted.format}`, content: new Blob(parts) }
  },

  /** Ends an export that is under way; what was fetched of it is gone. */
  cancelExport(): void {
    running?.abort()
  },
}

async function partsOf({ body }: Response, tell: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  const reader = body?.getReader()
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      parts.push(read.value)
      bytes += read.value.length
      tell(bytes)
    }
  } catch (error) {
    // A file that ends early must not pass for a whole one.
    throw new ClientError('unreachable', 'The file broke off before its end, and nothing of it was kept: export it again.', error)
  }
  return parts
}

async function refusalOf(response: Response): Promise<ApiError> {
  const refusal = Refusal.safeParse(await response.json().catch(() => null))
  if (refusal.success) return new ApiError(response.status, refusal.data.code, refusal.data.message)
  return new ApiError(response.status, 'internal', `The server answered ${response.status} without a reason.`)
}
