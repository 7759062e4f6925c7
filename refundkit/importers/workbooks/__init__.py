"""Lists that are no rows of text: workbooks (.xlsx, .xlsb, .xls, .ods) and JSON, read as the text lists are."""
