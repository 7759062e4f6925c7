"""What banks and processors say of payments: one module a format, one registry."""
