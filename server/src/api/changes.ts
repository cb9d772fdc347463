import { PassThrough } from 'node:stream'
import { type Changes, eventsPath, readChanges, type StreamEnd } from '@claviger/contract/api/changes.ts'
import type { FastifyInstance } from 'fastify'
import { FeedHub } from '../changes/hub.ts'
import type { Reader } from '../changes/reader.ts'
import { missed, type StreamSink, type ToldChanges } from '../changes/subscription.ts'
import type { FeedPosition } from '../storage/changes.ts'
import { authenticate } from './authenticate.ts'
import type { ApproverCaller } from './caller.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** Bytes that wait for a slow reader; past it the stream ends, and the reader comes back with its position. */
const MOST_WAITING = 1024 * 1024

/** What changed, to ask for (Sync) and to listen to. `hub` is given by tests. */
export function changeRoutes(app: FastifyInstance, context: ApiContext, hub?: FeedHub): void {
  const { db } = context
  const streams = hub ?? new FeedHub(db, { onFailure: (error) => app.log.warn(error, 'the change feed could not be read') })
  // Before the server waits for its connections: streams never end by themselves.
  app.addHook('preClose', (done) => {
    streams.close()
    done()
  })

  serve(app, context, readChanges, async (caller, { after }) => {
    for await (const { more, ...told } of missed(db, readerOf(caller), positionOf(after))) return { ...shown(told), more }
    throw new Error('the feed has no end')
  })

  app.get(eventsPath, async (request, reply) => {
    const caller = await authenticate(db, request, 'approver')
    const { after } = readChanges.input.parse(request.query)
    const stream = new PassThrough()
    const leave = streams.open(readerOf(caller), positionOf(after), sinkOf(stream))
    stream.on('close', leave)
    // Proxies are told to pass on each event as it comes.
    reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no').type('text/event-stream; charset=utf-8')
    stream.write(': connected\n\n')
    return reply.send(stream)
  })
}

function readerOf(caller: ApproverCaller): Reader {
  const { enterpriseId } = caller
  return caller.kind === 'user'
    ? { kind: 'user', id: caller.userId, enterpriseId, sessionId: caller.sessionId }
    : { kind: 'automator', id: caller.automatorId, enterpriseId }
}

function positionOf(after: string | undefined): FeedPosition | undefined {
  return after as FeedPosition | undefined
}

function shown({ position, reload, changes }: ToldChanges): Changes {
  return { position, reload, changes: changes.map(({ kind, subjectId: id }) => ({ kind, id })) }
}

/** Server-sent events (WHATWG HTML §9.2.6). The id of an event is the position, for readers that keep it themselves. */
function sinkOf(stream: PassThrough): StreamSink {
  const write = (text: string) => {
    if (stream.writableEnded || stream.destroyed) return
    if (stream.writableLength > MOST_WAITING) stream.destroy()
    else stream.write(text)
  }
  return {
    changes: (told) => write(`id: ${told.position}\nevent: changes\ndata: ${JSON.stringify(shown(told))}\n\n`),
    beat: () => write(': still here\n\n'),
    end: (reason) => {
      const end: StreamEnd = { reason }
      write(`event: end\ndata: ${JSON.stringify(end)}\n\n`)
      stream.end()
    },
  }
}
