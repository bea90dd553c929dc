/** A message of a client; the first of a session has no type. */
export interface WireMessage {
  type: string | undefined;
  /** Type, length and body. */
  bytes: Buffer;
  body: string;
}

/** Cuts a client's stream into messages and passes on each complete one. */
export function wireMessages(take: (message: WireMessage) => void): (chunk: Buffer) => void {
  let buffered = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      const header = started ? 1 : 0;
      if (buffered.length < header + 4) return;
      const end = header + buffered.readUInt32BE(header);
      if (buffered.length < end) return;
      const type = started ? String.fromCharCode(buffered[0] ?? 0) : undefined;
      const bytes = buffered.subarray(0, end);
      started = true;
      buffered = buffered.subarray(end);
      take({ type, bytes, body: bytes.toString("utf8", header + 4) });
    }
  };
}
