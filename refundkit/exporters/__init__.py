"""Files that leave refundkit: journals, payments, documents."""
