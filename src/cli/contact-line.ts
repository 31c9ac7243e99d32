/**
 * What `tincan contacts`, `verify` and `invite` ask of the node of this home, in this process or over its socket
 * (`control-server.ts`), or of the files of a home in which none runs:
 *
 *   {"do":"contacts","act":"list","from":0} | {"act":"rename","name","to"} | {"act":"add","name","as","replace"}
 *   {"act":"remove"|"block"|"unblock"|"verify","name"} | {"act":"confirm","username","accountKey"}
 *   {"act":"invite"} | {"act":"accept","link","as","replace"}
 */

import type { Contact, Contacts, Node, Verification } from '../index.ts'
import type { Message } from './json-lines.ts'

/** So many that an answer stays far below the longest line. */
const LISTED_AT_ONCE = 200

export interface AddFlags {
  as?: string
  replace?: boolean
}

type Account = Pick<Verification, 'username' | 'accountKey'>

export interface ContactLine {
  list(): Promise<Contact[]>
  add(name: string, flags: AddFlags, signal: AbortSignal): Promise<Contact>
  rename(name: string, to: string): Promise<Contact>
  remove(name: string): Promise<Contact>
  block(name: string, signal: AbortSignal): Promise<Contact>
  unblock(name: string): Promise<Contact>
  verify(name: string, signal: AbortSignal): Promise<Verification>
  confirm(account: Account): Promise<Contact>
  invite(): Promise<string>
  accept(link: string, flags: AddFlags): Promise<Contact>
}

export const localContacts = (contacts: Contacts, invite: () => string): ContactLine => ({
  list: async () => contacts.list(),
  add: (name, flags, signal) => contacts.add(name, { ...flags, signal }),
  rename: async (name, to) => contacts.rename(name, to),
  remove: async (name) => contacts.remove(name),
  block: (name, signal) => contacts.block(name, { signal }),
  unblock: async (name) => contacts.unblock(name),
  verify: (name, signal) => contacts.verify(name, { signal }),
  confirm: async (account) => contacts.confirm(account),
  invite: async () => invite(),
  accept: async (link, flags) => contacts.accept(link, flags),
})

export const nodeContacts = (node: Node): ContactLine => ({
  ...localContacts(node.contacts, () => node.invite()),
  accept: async (link, flags) => node.acceptInvite(link, flags),
})

export function remoteContacts(ask: (request: object, signal?: AbortSignal) => Promise<unknown>): ContactLine {
  const act = async (name: string, fields: object, signal?: AbortSignal) =>
    (await ask({ do: 'contacts', act: name, ...fields }, signal)) as Contact
  return {
    async list() {
      const all: Contact[] = []
      for (;;) {
        const some = (await ask({ do: 'contacts', act: 'list', from: all.length })) as Contact[]
        all.push(...some)
        if (some.length < LISTED_AT_ONCE) return all
      }
    },
    add: (name, flags, signal) => act('add', { name, ...flags }, signal),
    rename: (name, to) => act('rename', { name, to }),
    remove: (name) => act('remove', { name }),
    block: (name, signal) => act('block', { name }, signal),
    unblock: (name) => act('unblock', { name }),
    verify: async (name, signal) => (await ask({ do: 'contacts', act: 'verify', name }, signal)) as Verification,
    confirm: (account) => act('confirm', account),
    invite: async () => String(await ask({ do: 'contacts', act: 'invite' })),
    accept: (link, flags) => act('accept', { link, ...flags }),
  }
}

/** The running node's side of `remoteContacts`. */
export async function serveContacts(line: ContactLine, message: Message, signal: AbortSignal): Promise<unknown> {
  const text = (key: string): string => {
    const value = message[key]
    if (typeof value === 'string') return value
    throw new Error(`“${key}” is missing.`)
  }
  const flags = (): AddFlags => ({
    ...(typeof message['as'] === 'string' && { as: message['as'] }),
    ...(message['replace'] === true && { replace: true }),
  })
  switch (message['act']) {
    case 'list': {
      const from = Number(message['from'] ?? 0)
      return (await line.list()).slice(from, from + LISTED_AT_ONCE)
    }
    case 'add':
      return line.add(text('name'), flags(), signal)
    case 'rename':
      return line.rename(text('name'), text('to'))
    case 'remove':
      return line.remove(text('name'))
    case 'block':
      return line.block(text('name'), signal)
    case 'unblock':
      return line.unblock(text('name'))
    case 'verify':
      return line.verify(text('name'), signal)
    case 'confirm':
      return line.confirm({ username: text('username'), accountKey: text('accountKey') })
    case 'invite':
      return line.invite()
    case 'accept':
      return line.accept(text('link'), flags())
    default:
      throw new Error('The running node does not know this command. Is it of another version?')
  }
}
