import { checkMemberRotation } from '../log/testing-rotation-vector-checks.ts'
import { checkApproverKeys, checkFolderKeys, checkOpaque } from './testing-sharing-vector-checks.ts'
import { checkAttachments, checkFolderNames } from './testing-vault-vector-checks.ts'
import {
  checkAssociatedData,
  checkIdentities,
  checkLogs,
  checkRecords,
  checkTeamKeys,
  checkUserRoots,
  checkWordsAndIds,
} from './testing-vector-checks.ts'
import type { VectorCheck } from './testing-vectors.ts'

/** The check of each file of client/vectors, by the file's name. */
export const vectorChecks: Readonly<Record<string, VectorCheck>> = {
  'approver-key': checkApproverKeys,
  'associated-data': checkAssociatedData,
  attachment: checkAttachments,
  'folder-key': checkFolderKeys,
  'folder-name': checkFolderNames,
  identity: checkIdentities,
  log: checkLogs,
  'member-rotation': checkMemberRotation,
  opaque: checkOpaque,
  record: checkRecords,
  'team-key': checkTeamKeys,
  'user-root': checkUserRoots,
  'words-and-ids': checkWordsAndIds,
}
