"""Acting as someone else to help them: what both reach, written under the real name, and never without a banner."""
