"""Who is shown which call, and the socket that carries it to the browser."""
