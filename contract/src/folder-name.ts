import { z } from 'zod'
import { FolderId } from './ids.ts'
import { AesSealed } from './sealed.ts'
import { Epoch, Suite, wholeFrom } from './shape.ts'

/** A folder's name under its key of one epoch. `version` rises with each renaming, and stays when the key alone is renewed. */
export const SealedFolderName = z.strictObject({
  suite: Suite,
  folderId: FolderId,
  epoch: Epoch,
  version: wholeFrom(1),
  sealed: AesSealed,
})
export type SealedFolderName = z.infer<typeof SealedFolderName>
