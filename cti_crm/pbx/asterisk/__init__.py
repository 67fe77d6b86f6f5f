"""The only code that knows the Asterisk Manager Interface (AMI)."""
