/** A server that changes one of its answers: what the client must not fall for. Every other request goes through. */
export function answering(path: string, change: (answer: Record<string, unknown>) => unknown): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    if (new URL(String(input)).pathname !== path || !response.ok) return response
    const answer: Record<string, unknown> = Object(await response.json())
    return Response.json(change(answer))
  }
}
