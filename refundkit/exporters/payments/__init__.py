"""Files that pay: one module a kind, one contract."""
