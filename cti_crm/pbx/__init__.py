"""The links to telephone systems. Nothing outside `app` and `cli` imports this package."""
