// What the device keeps of observations until the server has it: each keystroke at once, sealed, by whose it is.
//
// Twice, because each place alone can lose words. localStorage is written before the keystroke's own event ends,
// so that a page that is closed, crashes or is left has it; but the browser puts it on the disk seconds later.
// IndexedDB answers later and is on the disk when it does, so that it survives the browser itself. The newer of
// the two is read. Only where neither takes anything (full, or a private window) is there reason to warn.
(() => {
  const observing = (window.observing = window.observing || {});
  const STORE = "kept";

  const opened = () => new Promise((resolve) => {
    try {
      const asked = indexedDB.open("observing", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = asked.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });

  const done = (request, otherwise) => new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(otherwise);
  });

  // user: uid of whose it is; warn(bool): whether nothing can be kept.
  observing.keeping = (user, keys, warn) => {
    const { seal, open } = observing.sealing(keys);
    const prefix = `observing:${user}:`;
    const base = opened();
    const waiting = new Map();
    let busy = null;

    // One write on its way; what comes meanwhile replaces what waits.
    const mirror = () => (busy = busy || mirrored().finally(() => { busy = null; }));
    const mirrored = async () => {
      const db = await base;
      while (waiting.size) {
        const [name, { text, failed }] = waiting.entries().next().value;
        waiting.delete(name);
        const took = await new Promise((resolve) => {
          if (!db) { resolve(false); return; }
          try {
            const change = db.transaction(STORE, "readwrite", { durability: "strict" });
            if (text === null) change.objectStore(STORE).delete(name);
            else change.objectStore(STORE).put(text, name);
            change.oncomplete = () => resolve(true);
            change.onerror = change.onabort = () => resolve(false);
          } catch {
            resolve(false);
          }
        });
        if (text !== null) warn(!took && failed);
      }
    };

    const write = (name, value) => {
      const text = value === null ? null : seal(value);
      let failed = false;
      try {
        if (text === null) localStorage.removeItem(name);
        else localStorage.setItem(name, text);
      } catch {
        failed = true;
        // What stands there is older than what could not be written.
        try { localStorage.removeItem(name); } catch { /* there is no storage at all */ }
      }
      waiting.set(name, { text, failed });
      mirror();
    };

    const read = (text) => {
      try { return text ? open(text) : null; } catch { return null; }
    };

    // The newer of what the two places hold; `step` counts what was written.
    const newest = async (name) => {
      let near = null;
      try { near = read(localStorage.getItem(name)); } catch { /* there is no storage at all */ }
      const db = await base;
      const far = db ? read(await done(db.transaction(STORE).objectStore(STORE).get(name), null)) : null;
      if (!near || !far) return near || far;
      return far.step > near.step ? far : near;
    };

    const names = async () => {
      const found = new Set();
      try { Object.keys(localStorage).forEach((name) => found.add(name)); } catch { /* there is no storage at all */ }
      const db = await base;
      if (db) (await done(db.transaction(STORE).objectStore(STORE).getAllKeys(), [])).forEach((name) => found.add(name));
      return [...found].filter((name) => name.startsWith(prefix));
    };

    const keeping = {
      prefix,
      keep: (kept) => write(prefix + kept.uid, kept),
      keepSent: (uid, sent) => write(`${prefix}${uid}:sent`, sent),
      drop: (uid) => { write(prefix + uid, null); write(`${prefix}${uid}:sent`, null); return mirror(); },
      // {kept, sent} of one observation; each null where there is none.
      find: async (uid) => ({ kept: await newest(prefix + uid), sent: await newest(`${prefix}${uid}:sent`) }),
      // What the server has not confirmed yet, newest first; what it has is kept no longer.
      unsent: async () => {
        const found = [];
        for (const name of await names()) {
          if (name.endsWith(":sent")) continue;
          const kept = await newest(name);
          if (kept?.unsent) found.push(kept);
          else keeping.drop(name.slice(prefix.length));
        }
        return found.sort((one, other) => (one.at < other.at ? 1 : -1));
      },
    };
    return keeping;
  };
})();
