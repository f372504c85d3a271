// What an observer writes is sealed before the device keeps it, by a key that the server tells its owner alone: who
// signs in on the same tablet after them cannot read it. ChaCha20 (RFC 8439) and not the browser's own ciphers,
// because those answer later, and a tablet may be gone by then; tests hold it against the RFC's example.
(() => {
  const observing = (window.observing = window.observing || {});
  const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
  const MARK = "observing:"; // what opens right starts with it
  const rotate = (value, by) => (value << by) | (value >>> (32 - by));

  const quarter = (x, a, b, c, d) => {
    x[a] += x[b]; x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d]; x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b]; x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d]; x[b] = rotate(x[b] ^ x[c], 7);
  };

  // The key stream's block number `counter` into `out`, 16 words.
  const block = (state, counter, out) => {
    state[12] = counter;
    out.set(state);
    for (let round = 0; round < 10; round += 1) {
      quarter(out, 0, 4, 8, 12); quarter(out, 1, 5, 9, 13); quarter(out, 2, 6, 10, 14); quarter(out, 3, 7, 11, 15);
      quarter(out, 0, 5, 10, 15); quarter(out, 1, 6, 11, 12); quarter(out, 2, 7, 8, 13); quarter(out, 3, 4, 9, 14);
    }
    for (let word = 0; word < 16; word += 1) out[word] += state[word];
  };

  const chacha20 = (key, nonce, counter, data) => {
    const words = (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4, true));
    };
    const state = new Uint32Array([...CONSTANTS, ...words(key), 0, ...words(nonce)]);
    const out = new Uint32Array(16);
    const stream = new Uint8Array(64);
    const view = new DataView(stream.buffer);
    const sealed = new Uint8Array(data.length);
    for (let start = 0; start < data.length; start += 64) {
      block(state, counter + start / 64, out);
      for (let word = 0; word < 16; word += 1) view.setUint32(word * 4, out[word], true);
      const end = Math.min(data.length, start + 64);
      for (let at = start; at < end; at += 1) sealed[at] = data[at] ^ stream[at - start];
    }
    return sealed;
  };

  const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const toText = (bytes) => {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(binary);
  };

  // keys: 64 hex digits each; the first seals, any opens.
  observing.sealing = (keys) => {
    const made = keys.map(fromHex);
    return {
      seal: (value) => {
        const nonce = crypto.getRandomValues(new Uint8Array(12));
        const data = new TextEncoder().encode(MARK + JSON.stringify(value));
        return `${toText(nonce)}.${toText(chacha20(made[0], nonce, 0, data))}`;
      },
      // The value, or null where no key opens it.
      open: (text) => {
        const [nonce, data] = String(text).split(".").map((part) => Uint8Array.from(atob(part), (one) => one.charCodeAt(0)));
        for (const key of made) {
          const opened = new TextDecoder().decode(chacha20(key, nonce, 0, data));
          if (opened.startsWith(MARK)) return JSON.parse(opened.slice(MARK.length));
        }
        return null;
      },
    };
  };
  observing.chacha20 = chacha20;
})();
