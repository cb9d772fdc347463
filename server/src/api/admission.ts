import { approveAdmission, denyAdmission, pollAdmission, requestAdmission } from '@claviger/contract/api/admission.ts'
import type { FastifyInstance } from 'fastify'
import { admitDevice } from '../devices/admit.ts'
import { verifyDeviceList } from '../devices/device-list.ts'
import { pollRequest } from '../devices/pick-up.ts'
import { decideRequest, findWaiting, openRequest } from '../devices/requests.ts'
import { notify } from '../notices/notify.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'
import { limitAdmissions } from './sign-in-limits.ts'

/** New devices ask to be let in, and the user's own devices answer. */
export function admissionRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db, onCommit } = context
  serve(app, context, requestAdmission, async (_, input, request) => {
    const at = Date.now()
    await limitAdmissions(db, request, input.email, at)
    return openRequest(db, input, at)
  })

  serve(app, context, pollAdmission, (_, { secret }, request) =>
    pollRequest(db, secret, { address: request.ip, agent: request.headers['user-agent'] ?? '' }, Date.now()),
  )

  serve(app, context, approveAdmission, async (caller, { requestId, deviceList, wrap }) => {
    const at = Date.now()
    const { device, name } = await findWaiting(db, requestId, at, caller.userId)
    const list = await verifyDeviceList(db, caller, deviceList, { kind: 'add', device })
    await write(db, async (trx) => {
      await admitDevice(trx, { ...caller, device, name, list, wrap }, at)
      await decideRequest(trx, { ...caller, requestId, decidedBy: caller.actor, state: 'approved' }, at)
      await notify(trx, { ...caller, kind: 'device-admitted', detail: { device: name } }, at)
    })
    onCommit()
    return { deviceListVersion: list.version }
  })

  serve(app, context, denyAdmission, async (caller, { requestId }) => {
    const at = Date.now()
    await findWaiting(db, requestId, at, caller.userId)
    await write(db, (trx) => decideRequest(trx, { ...caller, requestId, decidedBy: caller.actor, state: 'denied' }, at))
    return {}
  })
}
