import type { FastifyInstance } from 'fastify'
import { accountRoutes } from './accounts.ts'
import { administrationRoutes } from './administration.ts'
import { admissionRoutes } from './admission.ts'
import { approvalRoutes } from './approvals.ts'
import { attachmentRoutes } from './attachments.ts'
import { automatorRoutes } from './automators.ts'
import { changeRoutes } from './changes.ts'
import { consoleRoutes } from './console/routes.ts'
import type { ApiContext } from './context.ts'
import { deviceRoutes } from './devices.ts'
import { enterpriseRoutes } from './enterprises.ts'
import { logRoutes } from './log.ts'
import { noticeRoutes } from './notices.ts'
import { passwordRoutes } from './password.ts'
import { pendingRoutes } from './pending.ts'
import { recordRoutes } from './records.ts'
import { recoveryRoutes } from './recovery.ts'
import { secondFactorRoutes } from './second-factors.ts'
import { transferRoutes } from './transfer.ts'
import { vaultRoutes } from './vault.ts'

/** The JSON API of the Admin Console, the Web Vault, the command line and automators: contract/src/api says what there is. */
export function apiRoutes(app: FastifyInstance, context: ApiContext): void {
  logRoutes(app, context)
  changeRoutes(app, context)
  administrationRoutes(app, context)
  pendingRoutes(app, context)
  enterpriseRoutes(app, context)
  accountRoutes(app, context)
  deviceRoutes(app, context)
  admissionRoutes(app, context)
  secondFactorRoutes(app, context)
  passwordRoutes(app, context)
  automatorRoutes(app, context)
  approvalRoutes(app, context)
  noticeRoutes(app, context)
  recoveryRoutes(app, context)
  transferRoutes(app, context)
  vaultRoutes(app, context)
  recordRoutes(app, context)
  attachmentRoutes(app, context)
  consoleRoutes(app, context)
}
