"""Files of other evaluation products: read, given a meaning column by column, matched, and loaded as any ratings."""

KIND = "observation-file"
