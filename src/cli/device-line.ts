/**
 * What `tincan device` asks of the node of this home, in this process or over its socket (`control-server.ts`):
 *
 *   {"do":"device","act":"list"} | {"act":"revoke","device"} | {"act":"rename","device","label"}
 *   {"act":"add"}, answered first with {"event":"code","code","expiresMs"}; hanging up cancels the code
 */

import type { DeviceInfo, Node } from '../index.ts'
import type { Message } from './json-lines.ts'

export interface GivenCode {
  code: string
  expiresMs: number
}

export interface JoinedDevice {
  label: string
  peerId: string
  letters: string
}

export interface DeviceLine {
  /** `hear` gets the code; resolves when a device has joined by it, and cancels it when aborted. */
  add(hear: (given: GivenCode) => void, signal: AbortSignal): Promise<JoinedDevice>
  list(signal: AbortSignal): Promise<DeviceInfo[]>
  revoke(device: string): Promise<DeviceInfo & { isPlaced: boolean }>
  rename(device: string, label: string): Promise<DeviceInfo>
}

export const localDevices = (node: Node): DeviceLine => ({
  async add(hear, signal) {
    const { code, expiresMs, joined, cancel } = node.devices.add()
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    hear({ code, expiresMs })
    try {
      return await joined
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  },
  list: (signal) => node.devices.list({ signal }),
  revoke: (device) => node.devices.revoke(device),
  rename: (device, label) => node.devices.rename(device, label),
})

type Ask = (request: object, signal?: AbortSignal, hear?: (event: Message) => void) => Promise<unknown>

export const remoteDevices = (ask: Ask): DeviceLine => ({
  add: async (hear, signal) =>
    (await ask({ do: 'device', act: 'add' }, signal, ({ code, expiresMs }) =>
      hear({ code: String(code), expiresMs: Number(expiresMs) }),
    )) as JoinedDevice,
  list: async (signal) => (await ask({ do: 'device', act: 'list' }, signal)) as DeviceInfo[],
  revoke: async (device) => (await ask({ do: 'device', act: 'revoke', device })) as DeviceInfo & { isPlaced: boolean },
  rename: async (device, label) => (await ask({ do: 'device', act: 'rename', device, label })) as DeviceInfo,
})

/** The running node's side of `remoteDevices`. */
export async function serveDevices(
  devices: DeviceLine,
  message: Message,
  hear: (event: object) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const { act, device, label } = message
  if (act === 'list') return devices.list(signal)
  if (act === 'add') return devices.add((given) => hear({ event: 'code', ...given }), signal)
  if (act === 'revoke' && typeof device === 'string') return devices.revoke(device)
  if (act === 'rename' && typeof device === 'string' && typeof label === 'string') return devices.rename(device, label)
  throw new Error('The running node does not know this command. Is it of another version?')
}
