import { readFileSync } from 'node:fs'
import http from 'node:http'
import { argument, endWithParent, tell } from '../parent.ts'

export interface BytesFloor {
  readonly status: number
  readonly bodyFile: string
}

const { status, bodyFile } = argument<BytesFloor>()
const body = readFileSync(bodyFile)
const headers = body.length === 0 ? {} : { 'Content-Type': 'application/scim+json; charset=utf-8', 'Content-Length': body.length }

const server = http.createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(status, headers).end(body))
})
server.listen(0, '127.0.0.1', () => tell(server.address()))
endWithParent()
