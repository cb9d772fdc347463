import { addDevice, endSession, listDevices, removeDevice } from '@claviger/contract/api/devices.ts'
import type { FastifyInstance } from 'fastify'
import { admitDevice } from '../devices/admit.ts'
import { verifyDeviceList } from '../devices/device-list.ts'
import { endOwnSession, giveSessionDevice, ownDevices, removeOwnDevice } from '../devices/own.ts'
import { notify } from '../notices/notify.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** A user's own devices and sessions. */
export function deviceRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db, onCommit } = context
  serve(app, context, listDevices, (caller) => ownDevices(db, caller, Date.now()))

  serve(app, context, addDevice, async (caller, { device, name, deviceList, wrap }, request) => {
    const at = Date.now()
    const list = await verifyDeviceList(db, caller, deviceList, { kind: 'add', device })
    const detail = { device: name, address: request.ip, agent: request.headers['user-agent'] ?? '' }
    await write(db, async (trx) => {
      await giveSessionDevice(trx, caller, device.id)
      await admitDevice(trx, { ...caller, device, name, list, wrap }, at)
      await notify(trx, { ...caller, kind: 'device-added', detail }, at)
    })
    onCommit()
    return { deviceListVersion: list.version }
  })

  serve(app, context, removeDevice, async (caller, { deviceId, deviceList }) => {
    const list = await verifyDeviceList(db, caller, deviceList, { kind: 'remove', deviceId })
    await write(db, (trx) => removeOwnDevice(trx, caller, deviceId, list, Date.now()))
    return { deviceListVersion: list.version }
  })

  serve(app, context, endSession, async (caller, { sessionId }) => {
    await write(db, (trx) => endOwnSession(trx, caller, sessionId, Date.now()))
    return {}
  })
}
