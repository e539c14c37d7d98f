const frozen = new WeakSet<object>();

/**
 * Freezes plain data and all that hangs on it; returns the same value. Bytes, which cannot be frozen, are left as
 * they are.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || frozen.has(value) || ArrayBuffer.isView(value))
    return value;
  frozen.add(value);
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
  return value;
}
