// Notes are one text to who writes them and lines with ids to everyone else. A line keeps its id, its time and its
// tags while it is edited, moved down by a new line above it, or joined with its neighbor. The server reads a form
// sent without scripts in the same way (instruction/observing/entry/lines.py).
(() => {
  const observing = (window.observing = window.observing || {});
  const LONGEST = 20_000;

  observing.uuid = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // Lines longer than the server takes are cut, never inside a character.
  const split = (text) => text.replaceAll("\0", "").split("\n").flatMap((line) => {
    const parts = [];
    let rest = line;
    while (rest.length > LONGEST) {
      const end = /[\ud800-\udbff]/.test(rest[LONGEST - 1]) ? LONGEST - 1 : LONGEST;
      parts.push(rest.slice(0, end));
      rest = rest.slice(end);
    }
    return [...parts, rest];
  });

  const joined = (line, gone) => ({
    ...line,
    elements: [...new Set([...line.elements, ...gone.filter((one) => one.text.trim() && line.text.includes(one.text)).flatMap((one) => one.elements)])],
  });

  // Lines before an edit and the text after it -> lines after it. now: ISO time of the device.
  observing.edited = (before, text, now) => {
    const texts = split(text);
    const least = Math.min(before.length, texts.length);
    let head = 0;
    while (head < least && before[head].text === texts[head]) head += 1;
    let tail = 0;
    while (tail < least - head && before[before.length - 1 - tail].text === texts[texts.length - 1 - tail]) tail += 1;
    const was = before.slice(head, before.length - tail);
    const changed = texts.slice(head, texts.length - tail).map((one, at) => {
      const old = was[at];
      if (!old) return { id: observing.uuid(), text: one, at: one.trim() ? now : null, elements: [] };
      return { ...old, text: one, at: old.at || (one.trim() ? now : null) };
    });
    const gone = was.slice(changed.length);
    if (gone.length && changed.length) changed.push(joined(changed.pop(), gone));
    return [...before.slice(0, head), ...changed, ...before.slice(before.length - tail)];
  };

  observing.textOf = (lines) => lines.map((line) => line.text).join("\n");

  const whole = (text) => (text.toWellFormed ? text.toWellFormed() : text);

  // What is sent: lines that say something, and levels that do.
  observing.outside = (content) => ({
    lines: content.lines.filter((line) => line.text.trim()).map(({ id, text, at, elements }) => ({ id, text: whole(text), at, elements })),
    levels: Object.fromEntries(
      Object.entries(content.levels)
        .filter(([, one]) => one.level !== null || one.not_seen || one.why)
        .map(([uid, one]) => [uid, { ...one, why: whole(one.why) }]),
    ),
  });
})();
