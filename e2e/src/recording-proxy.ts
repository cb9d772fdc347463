import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Everything that clients sent to a server, byte by byte. */
export interface RecordingProxy {
  /** Where clients reach the server through it. */
  url: string
  sent(): Buffer
}

/** Stands before the server at `target` until the test is over, and keeps what goes towards it. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(target)
  const chunks: Buffer[] = []
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname)
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    client.on('data', (chunk) => chunks.push(chunk))
    client.pipe(server).pipe(client)
  })
  await new Promise<void>((resolve) => proxy.listen(0, 'localhost', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => proxy.close(resolve))
  })
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return { url: `http://localhost:${address.port}`, sent: () => Buffer.concat(chunks) }
}

/** Whether the bytes hold the secret: as it is, in hexadecimal, or within base64 or base64url wherever it begins there. */
export function holds(bytes: Buffer, secret: Uint8Array | string): boolean {
  const plain = Buffer.from(secret)
  if (plain.length < 6) throw new Error('a secret so short is found by chance')
  const hex = plain.toString('hex')
  const spellings = [
    plain,
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    Buffer.from(JSON.stringify(plain.toString('utf8')).slice(1, -1)),
  ]
  for (const encoding of ['base64', 'base64url'] as const) {
    for (const before of [0, 1, 2]) {
      // Of what stands before, one character or two are mixed in; the last one may be of what follows.
      const text = Buffer.concat([Buffer.alloc(before), plain])
        .toString(encoding)
        .replace(/=+$/, '')
      spellings.push(Buffer.from(text.slice(Math.ceil((before * 8) / 6), -1)))
    }
  }
  return spellings.some((spelling) => bytes.includes(spelling))
}
