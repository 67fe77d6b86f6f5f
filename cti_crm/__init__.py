"""cti-crm joins an Asterisk telephone system with the knowledge about the customer who calls."""

__version__ = "0.1.0"
