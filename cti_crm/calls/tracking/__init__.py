"""How the tracker follows a call: one module a matter, each a table of handlers over one board. All pure."""
