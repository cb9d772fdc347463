import { type Flags, processConfig } from '@claviger/server/config.ts'
import { serve } from '@claviger/server/main.ts'
import { argument, endWithParent } from './parent.ts'

/** The server as `claviger serve` runs it. */
endWithParent()
await serve(processConfig(argument<Flags>()))
