"""Facts shipped with the program: the default policy and what else a store begins with."""
