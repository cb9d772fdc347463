import { z } from 'zod'
import { base64urlOf } from './shape.ts'

/** UUIDv7 (RFC 9562 §5.7) in lower case: one spelling, because ids are bound into associated data as text. */
const uuidv7 = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)

export const UserId = uuidv7.brand<'UserId'>()
export type UserId = z.infer<typeof UserId>
export const DeviceId = uuidv7.brand<'DeviceId'>()
export type DeviceId = z.infer<typeof DeviceId>
export const TeamId = uuidv7.brand<'TeamId'>()
export type TeamId = z.infer<typeof TeamId>
export const FolderId = uuidv7.brand<'FolderId'>()
export type FolderId = z.infer<typeof FolderId>
export const RecordId = uuidv7.brand<'RecordId'>()
export type RecordId = z.infer<typeof RecordId>
export const AttachmentId = uuidv7.brand<'AttachmentId'>()
export type AttachmentId = z.infer<typeof AttachmentId>
export const NodeId = uuidv7.brand<'NodeId'>()
export type NodeId = z.infer<typeof NodeId>
export const ConnectionId = uuidv7.brand<'ConnectionId'>()
export type ConnectionId = z.infer<typeof ConnectionId>
export const AutomatorId = uuidv7.brand<'AutomatorId'>()
export type AutomatorId = z.infer<typeof AutomatorId>

/** The hash of one entry of an enterprise log: 32 bytes. */
export const EntryHash = base64urlOf(32).brand<'EntryHash'>()
export type EntryHash = z.infer<typeof EntryHash>

/** Names an enterprise to its clients: the hash of its log's genesis. Everything that is sealed is bound to it. */
export const EnterpriseLogId = base64urlOf(32).brand<'EnterpriseLogId'>()
export type EnterpriseLogId = z.infer<typeof EnterpriseLogId>
