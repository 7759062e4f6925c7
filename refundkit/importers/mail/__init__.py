"""Mail: mailboxes split, one message read safely, the new text set apart, and what it asks for."""
