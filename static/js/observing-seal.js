// What an observer writes is sealed before the device keeps it, by a key that the server tells its owner alone: who
// signs in on the same tablet after them cannot read it. TweetNaCl's secretbox and not the browser's own ciphers,
// because those answer later, and a tablet may be gone by then.
(() => {
  const observing = (window.observing = window.observing || {});
  const { secretbox, randomBytes } = window.nacl;

  const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const toText = (bytes) => {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(binary);
  };
  // The nonce and what was sealed; empty where the text is neither.
  const parts = (text) => {
    try {
      return String(text).split(".").map((one) => Uint8Array.from(atob(one), (letter) => letter.charCodeAt(0)));
    } catch {
      return [];
    }
  };

  // keys: 64 hex digits each; the first seals, any opens.
  observing.sealing = (keys) => {
    const made = keys.map(fromHex);
    return {
      seal: (value) => {
        const nonce = randomBytes(secretbox.nonceLength);
        const data = new TextEncoder().encode(JSON.stringify(value));
        return `${toText(nonce)}.${toText(secretbox(data, nonce, made[0]))}`;
      },
      // The value, or null where no key opens it, or someone has changed what was kept.
      open: (text) => {
        const [nonce, data] = parts(text);
        if (!data || nonce.length !== secretbox.nonceLength) return null;
        for (const key of made) {
          const opened = secretbox.open(data, nonce, key);
          if (opened) return JSON.parse(new TextDecoder().decode(opened));
        }
        return null;
      },
    };
  };
})();
