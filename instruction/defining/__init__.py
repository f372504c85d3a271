"""How a framework comes about: drafts, publishing, crosswalks, files."""
