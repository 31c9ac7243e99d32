/** The contacts of a home in which no node runs, for as long as it takes to look or change something. */

import { join } from 'node:path'
import { ContactStore } from './contacts/contact-store.ts'
import { Contacts } from './contacts/contacts.ts'
import { TincanError } from './errors.ts'
import { accountOf, openIdentity } from './identity.ts'
import { systemClock as clock } from './lib/clock.ts'
import { PeerCache } from './overlay/peer-cache.ts'

export interface HomeContacts {
  contacts: Contacts
  /** Lets another process use the home. */
  release(): void
}

const CONTACTS_FILE = 'contacts.json'

/** The store of a home; `undefined` is one in memory. Throws BAD_CONTACT. */
export const openContactStore = (home: string | undefined): ContactStore =>
  new ContactStore(home && join(home, CONTACTS_FILE))

/** What needs the network rejects NO_NETWORK. Throws ALREADY_RUNNING, BAD_CONTACT, BAD_KEY. */
export function openHomeContacts(home: string, network: string): HomeContacts {
  const identity = openIdentity(home, { username: false, network })
  try {
    const contacts = new Contacts({
      store: openContactStore(home),
      accountKey: accountOf(identity),
      network,
      cache: new PeerCache(join(home, 'peers.json')),
      find: () => Promise.reject(new TincanError('NO_NETWORK', 'No node runs here. Start one: tincan up')),
      nowMs: () => clock.now(),
    })
    return { contacts, release: () => identity.release() }
  } catch (error) {
    identity.release()
    throw error
  }
}
