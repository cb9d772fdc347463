/** One server-sent event: its name and its data. */
export interface ServerSentEvent {
  readonly event: string
  readonly data: string
}

/**
 * Reads a stream of server-sent events (WHATWG HTML §9.2.6) as they come; `onBytes` is told of every sign of life, comments
 * included. Events of more than `most` characters end it: no server of ours sends them.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
  most = 4_000_000,
): AsyncGenerator<ServerSentEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes()
      const blocks = `${rest}${decoder.decode(value, { stream: true })}`.replaceAll('\r\n', '\n').split('\n\n')
      rest = blocks.pop() ?? ''
      if (rest.length > most) return
      for (const block of blocks) {
        const event = readBlock(block)
        if (event !== null) yield event
      }
    }
  } finally {
    // Also where the caller has heard enough: the connection is let go of.
    await reader.cancel().catch(() => {})
  }
}

/** Null for comments and for events without data, which the standard passes over. */
function readBlock(block: string): ServerSentEvent | null {
  let event = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const [field, value] = colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]
    if (field === 'event') event = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? null : { event, data: data.join('\n') }
}
