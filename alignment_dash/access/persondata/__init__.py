"""What is held about one person: to hand it out, to keep it for a time, and to erase it without falsifying numbers."""
