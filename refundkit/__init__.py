"""refundkit: refunds of a field-service shop, from the request to the books, provable a year later."""

__version__ = "0.1.0"
