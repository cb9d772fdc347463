import http from 'node:http'
import { endWithParent, tell } from '../parent.ts'
import type { StoreScope, UserRecipe } from '../recipe.ts'
import { type Fresh, freshOf, textFiller } from './fill.ts'

/** As the product's, which says it in a header. */
const KEEP_ALIVE_MILLIS = 75_000

/**
 * The least that a server of POST /Users can be: node:http, JSON.parse, the rows, an answer of the product's size with its
 * headers. It authenticates nobody and checks nothing. `store` answers once the rows are durable.
 */
export function serveBare(recipe: UserRecipe, scope: StoreScope, store: (fresh: Fresh) => Promise<void>): void {
  const headers = recipe.headers.map(([name, cell]) => [name, textFiller(cell)] as const)
  const body = textFiller(recipe.body)
  const answer = (response: http.ServerResponse, fresh: Fresh) => {
    const text = body(fresh)
    for (const [name, value] of headers) response.setHeader(name, value(fresh))
    response.writeHead(201, { 'Content-Length': Buffer.byteLength(text) }).end(text)
  }
  const server = http.createServer({ keepAliveTimeout: KEEP_ALIVE_MILLIS }, (request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => {
      text += part
    })
    request.on('end', () => {
      const user: { userName: string; externalId: string } = JSON.parse(text)
      const fresh = freshOf(recipe, scope, user.userName, user.externalId)
      store(fresh).then(
        () => answer(response, fresh),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
    })
  })
  server.listen(0, '127.0.0.1', () => tell(server.address()))
  endWithParent()
}
