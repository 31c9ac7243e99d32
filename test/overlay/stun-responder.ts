/** A STUN server of a few lines on this machine: it tells what it sees, or what a NAT would have made of it. */

import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

import type { Address } from '../../src/lib/ip.ts'
import { ATTRIBUTE, CLASS, METHOD, readMessage, writeMessage, xorAddressValue } from '../../src/stun/message.ts'

export interface StunResponder extends AsyncDisposable {
  at: Address
  /** Who asked, each time, and with how many bytes. */
  asked: { from: Address; bytes: number }[]
  /** The longest answer. */
  answerBytes: number
}

/** `seen` gives the address to tell, or undefined to keep silent. */
export async function stunResponder(
  seen: (from: Address) => Address | undefined = (from) => from,
  host = '127.0.0.1',
): Promise<StunResponder> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  await new Promise<void>((done) => socket.bind(0, host, done))
  const responder: StunResponder = {
    at: { host, port: (socket.address() as AddressInfo).port },
    asked: [],
    answerBytes: 0,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => socket.close(() => done())),
  }
  socket.on('message', (data, { address, port }) => {
    const message = readMessage(data)
    if (message?.method !== METHOD.binding || message.class !== CLASS.request) return
    const from = { host: address, port }
    responder.asked.push({ from, bytes: data.length })
    const mapped = seen(from)
    if (mapped === undefined) return
    const { transactionId } = message
    const attributes = [[ATTRIBUTE.xorMappedAddress, xorAddressValue(mapped, transactionId)] as const]
    const answer = writeMessage({ method: METHOD.binding, class: CLASS.success, transactionId, attributes })
    responder.answerBytes = Math.max(responder.answerBytes, answer.length)
    socket.send(answer, port, address)
  })
  return responder
}
