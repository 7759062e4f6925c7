"""The screens: the queue itself, questions on top of it, and what is told."""
