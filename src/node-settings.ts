/** What a node is started with, once `createNode` has checked the options and opened the home. */

import type { ContactStore } from './contacts/contact-store.ts'
import type { NodeOptions } from './node-interface.ts'
import type { ProfileName } from './overlay/overlay.ts'
import type { ClaimFile } from './supernode/claim-file.ts'

type Kept = 'supernode' | 'metered' | 'portMapping' | 'relayOnly' | 'relay' | 'relayBytesPerSecondMax'

export interface Settings extends Pick<NodeOptions, Kept> {
  profile: ProfileName
  bootstrap: string[]
  listen: string[]
  home: string | undefined
  store: ContactStore
  claims: ClaimFile
}
