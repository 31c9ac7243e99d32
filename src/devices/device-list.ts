/**
 * The devices that speak for an account, kept by the machine that certified them, in `devices.json`: what each is
 * called, since when, and which were removed. Whatever was ever certified is in it. A file that cannot be read stops
 * the start and is left as it is, because a list that starts empty would let removed devices back in.
 */

import { TincanError } from '../errors.ts'
import { readJsonFile, writeJsonFile } from '../lib/json-file.ts'
import { peerIdOf, publicKeyOf } from '../overlay/peer-id.ts'
import { REVOKED_DEVICES_MAX } from '../supernode/records.ts'
import { suffixOf } from '../supernode/username.ts'
import { isLabel, parseLabel } from './label.ts'

/** As many as a registrar keeps leases of for a name. */
export const DEVICES_MAX = 8
const ENTRIES_MAX = DEVICES_MAX + REVOKED_DEVICES_MAX

export interface DeviceEntry {
  peerId: string
  label: string
  addedMs: number
  /** Set when the device was removed. */
  revokedMs?: number | undefined
}

/** Five letters of a device's key, to tell two of the same make apart: like those of a full address. */
export const lettersOf = (peerId: string): string => suffixOf(publicKeyOf(peerId) ?? new Uint8Array())

export class DeviceList {
  readonly #path: string | undefined
  #entries: readonly DeviceEntry[]

  /** `own` is this machine, for a list that does not exist yet; without a path it lives in memory. Throws BAD_KEY. */
  constructor(path: string | undefined, own: DeviceEntry) {
    this.#path = path
    const entries = path === undefined ? undefined : load(path)
    this.#entries = entries?.some(({ peerId }) => peerId === own.peerId) ? entries : [own, ...(entries ?? [])]
  }

  /** Removed ones too, in the order they were added. */
  list(): readonly DeviceEntry[] {
    return this.#entries
  }

  get revoked(): string[] {
    return this.#entries.filter(({ revokedMs }) => revokedMs !== undefined).map(({ peerId }) => peerId)
  }

  get hasRoom(): boolean {
    return this.#entries.length - this.revoked.length < DEVICES_MAX
  }

  /** A label that another device has gets a number. Throws TincanError BAD_DEVICE when the list is full or unwritable. */
  add(peerId: string, label: string, nowMs: number): DeviceEntry {
    const known = this.#entries.find((entry) => entry.peerId === peerId)
    if (known?.revokedMs !== undefined) throw badDevice('That device was removed before. Give it a home of its own.')
    if (known !== undefined) return known
    if (!this.hasRoom) throw noRoom()
    const entry = { peerId, label: this.#freeLabel(label), addedMs: nowMs }
    this.#keep([...this.#entries, entry])
    return entry
  }

  /** Throws TincanError BAD_DEVICE. */
  rename(entry: DeviceEntry, label: string): DeviceEntry {
    parseLabel(label)
    const holder = this.#entries.find((each) => isNamed(each, label) && each.peerId !== entry.peerId)
    if (holder !== undefined) throw badDevice(`Another device is called “${label}” already. Choose another name.`)
    return this.#put({ ...entry, label })
  }

  /** Throws TincanError BAD_DEVICE. */
  revoke(entry: DeviceEntry, nowMs: number): DeviceEntry {
    if (entry.revokedMs !== undefined) return entry
    if (this.revoked.length >= REVOKED_DEVICES_MAX)
      throw badDevice(`${REVOKED_DEVICES_MAX} devices have been removed, and a claim has room for no more.`)
    return this.#put({ ...entry, revokedMs: nowMs })
  }

  #put(entry: DeviceEntry): DeviceEntry {
    const at = this.#entries.findIndex(({ peerId }) => peerId === entry.peerId)
    this.#keep(at < 0 ? [...this.#entries, entry] : this.#entries.with(at, entry))
    return entry
  }

  /** On disk first: what could not be written has not happened. */
  #keep(entries: readonly DeviceEntry[]): void {
    if (entries.length > ENTRIES_MAX) throw noRoom()
    if (this.#path !== undefined) {
      try {
        writeJsonFile(this.#path, { devices: entries.map(written) })
      } catch (error) {
        throw badDevice(`${this.#path} cannot be written: ${(error as Error).message}. Nothing was changed.`)
      }
    }
    this.#entries = entries
  }

  #freeLabel(label: string): string {
    const isFree = (text: string) => !this.#entries.some((entry) => isNamed(entry, text))
    if (isFree(label)) return label
    for (let number = 2; ; number++) {
      const ending = ` ${number}`
      const text = `${Array.from(label)
        .slice(0, 32 - ending.length)
        .join('')
        .trimEnd()}${ending}`
      if (isFree(text)) return text
    }
  }
}

/** The one device that a person means by its label, its five letters or its peer id. Throws TincanError BAD_DEVICE. */
export function findDevice<T extends { peerId: string; label: string | undefined }>(
  entries: readonly T[],
  text: string,
): T {
  const found = entries.filter(
    (entry) => isNamed(entry, text) || entry.peerId === text || lettersOf(entry.peerId) === text.toLowerCase(),
  )
  const [first, second] = found
  if (first === undefined) throw badDevice(`No device is called “${text}”. See them all: tincan device list`)
  if (second !== undefined) throw badDevice(`More than one device answers to “${text}”. Name it by its five letters.`)
  return first
}

const isNamed = ({ label }: { label: string | undefined }, text: string): boolean =>
  label?.toLowerCase() === text.toLowerCase()

export const badDevice = (message: string): TincanError => new TincanError('BAD_DEVICE', message)

export const noRoom = (): TincanError =>
  badDevice(`An account has at most ${DEVICES_MAX} devices. Remove one first: tincan device revoke NAME`)

const written = ({ peerId, ...entry }: DeviceEntry) => ({
  deviceKey: Buffer.from(publicKeyOf(peerId) as Uint8Array).toString('hex'),
  ...entry,
})

function load(path: string): DeviceEntry[] | undefined {
  try {
    return readJsonFile(path, ({ devices }) => {
      if (!Array.isArray(devices) || devices.length > ENTRIES_MAX)
        throw new TypeError('“devices” is no list of devices')
      return devices.map(readEntry)
    })
  } catch (error) {
    throw new TincanError(
      'BAD_KEY',
      `The list of devices ${path} cannot be used: ${(error as Error).message}. It is left as it is: mend it, restore it from a copy, or move it away and remove lost devices anew.`,
      { cause: error },
    )
  }
}

function readEntry(value: unknown): DeviceEntry {
  const { deviceKey, label, addedMs, revokedMs } = value as Record<string, unknown>
  const isKey = typeof deviceKey === 'string' && /^[0-9a-f]{64}$/.test(deviceKey)
  const isTime = (ms: unknown): ms is number => Number.isSafeInteger(ms)
  if (!isKey || typeof label !== 'string' || !isLabel(label) || !isTime(addedMs))
    throw new TypeError('a device is none')
  if (revokedMs !== undefined && !isTime(revokedMs)) throw new TypeError('a device is none')
  const peerId = peerIdOf(new Uint8Array(Buffer.from(deviceKey, 'hex')))
  return { peerId, label, addedMs, ...(revokedMs !== undefined && { revokedMs }) }
}
