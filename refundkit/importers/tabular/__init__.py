"""Tables as files: CSV, TSV and their relatives, read row by row without trusting them."""
