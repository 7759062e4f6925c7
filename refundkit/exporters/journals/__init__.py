"""Journals for accounting systems, one module a format: bookings in, the bytes of files out."""
