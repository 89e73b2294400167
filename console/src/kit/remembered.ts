/** What this device remembers of how somebody likes their pages. Never what pages are about: no person's data. */

const PREFIX = "jiaowu.";

export interface Remembered<Value> {
  read: () => Value | undefined;
  write: (value: Value) => void;
}

/** A value under a name. A device that remembers nothing (storage shut off or full) is none the worse. */
export function remembered<Value>(name: string, storage: () => Storage = () => localStorage): Remembered<Value> {
  return {
    read: () => {
      try {
        const text = storage().getItem(PREFIX + name);
        return text === null ? undefined : (JSON.parse(text) as Value);
      } catch {
        return undefined;
      }
    },
    write: (value) => {
      try {
        storage().setItem(PREFIX + name, JSON.stringify(value));
      } catch {
        // nothing depends on it
      }
    },
  };
}
