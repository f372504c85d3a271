"""Tell people what they should know: on the pages, by mail at once, or in one weekly mail."""
