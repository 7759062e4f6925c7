"""The use cases: the only writer of events. They decide who may, gather, ask the rules, write; they never print."""
