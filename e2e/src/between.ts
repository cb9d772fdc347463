/** Who sits between a client and the server: reads what goes by, and changes it. */

/** A fetch that changes the answers of a path, as a hostile server would. `alter` is given the JSON of the answer. */
export function answering(path: string, alter: (answer: unknown) => unknown): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    if (pathOf(input) !== path || !response.ok) return response
    return Response.json(alter(await response.json()))
  }
}

/** A fetch that keeps the request to a path to itself, and a promise of what stood in it. */
export function withholding(path: string): { fetch: typeof fetch; withheld: Promise<unknown> } {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  return {
    withheld: promise,
    fetch: async (input, init) => {
      if (pathOf(input) !== path) return fetch(input, init)
      resolve(JSON.parse(String(init?.body)))
      throw new TypeError('the line is cut')
    },
  }
}

/** A fetch that notes each request and answer that goes by, headers and bodies. */
export function listening(): { fetch: typeof fetch; heard: () => string } {
  const heard: string[] = []
  return {
    heard: () => heard.join('\n'),
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      heard.push(`${String(input)} ${JSON.stringify(init?.headers)} ${String(init?.body)}`, await response.clone().text())
      return response
    },
  }
}

function pathOf(input: string | URL | Request): string {
  return new URL(input instanceof Request ? input.url : input).pathname
}
