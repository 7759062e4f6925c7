"""The screens on a terminal: the approval queue. Textual is known in this room only."""
