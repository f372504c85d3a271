"""What teachers and leaders say of a framework: comments, votes, the focus, its evidence base."""
