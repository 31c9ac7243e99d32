/** Bytes from a stranger: what they mean, or undefined. Decoders throw; nothing past this does. */

export function decoded<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch {
    return undefined
  }
}
