"""Follow-up tasks: what is promised to a customer, by whom and until when."""
