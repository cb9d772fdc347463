import { z } from 'zod'
import { Millis } from '../shape.ts'
import { route } from './route.ts'
import { Done } from './sessions.ts'

/** What a notice says beside its kind; each where it is known. A newer server may send more. */
export const NoticeDetail = z.object({
  /** The device's name, as its owner typed it. */
  device: z.string().optional(),
  /** The network address that the request came from. */
  address: z.string().optional(),
  /** The program that asked. */
  agent: z.string().optional(),
  /** E-mail address of the administrator who acted. */
  by: z.string().optional(),
  /** E-mail address of whose vault it was, or of who has it now. */
  person: z.string().optional(),
  /** How many folders. */
  folders: z.number().optional(),
  /** What became of a second factor. */
  change: z.string().optional(),
  /** The node whose directory it was. */
  node: z.string().optional(),
  /** How many people, within how many minutes. */
  people: z.number().optional(),
  minutes: z.number().optional(),
})
export type NoticeDetail = z.infer<typeof NoticeDetail>

/** Something that was done to the account, by its owner or by others. `kind`: see NoticeKind; new ones may come. */
export const Notice = z.strictObject({
  noticeId: z.string(),
  kind: z.string(),
  detail: NoticeDetail,
  createdAt: Millis,
  seenAt: Millis.nullable(),
})
export type Notice = z.infer<typeof Notice>

/** What the caller is told, newest first, at most 200. */
export const listNotices = route({
  method: 'GET',
  path: '/api/v1/notices',
  asker: 'user',
  input: z.object({}),
  answer: z.strictObject({ notices: z.array(Notice) }),
})

/** Marks notices of the caller as seen; ids of others, and what was seen before, change nothing. */
export const seeNotices = route({
  method: 'POST',
  path: '/api/v1/notices/seen',
  asker: 'user',
  input: z.strictObject({ noticeIds: z.array(z.string().max(64)).min(1).max(200) }),
  answer: Done,
})
