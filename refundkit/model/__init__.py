"""What things are: money, requests, cases, events, records, policy. Pure: no clock, no files, no store."""
