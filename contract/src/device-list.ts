import { z } from 'zod'
import { DeviceId, EnterpriseLogId, UserId } from './ids.ts'
import { publicIdentityFields } from './public-keys.ts'
import { Millis, Suite, wholeFrom } from './shape.ts'

/** A device of a user: what is public of it. */
export const ListedDevice = z.strictObject({ id: DeviceId, ...publicIdentityFields, addedAt: Millis })
export type ListedDevice = z.infer<typeof ListedDevice>

/** A user's devices, as the user's identity signs them. `version` rises with each change, so that an old list can be told. */
export const DeviceList = z.strictObject({
  suite: Suite,
  enterprise: EnterpriseLogId,
  userId: UserId,
  version: wholeFrom(1),
  devices: z.array(ListedDevice).max(200),
})
export type DeviceList = z.infer<typeof DeviceList>
