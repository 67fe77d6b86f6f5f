"""What every feature stands on and no customer ever sees: database, bus, HTTP, clock, logs, metrics."""
