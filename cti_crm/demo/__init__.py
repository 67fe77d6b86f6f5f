"""The first look: `serve` with the PBX simulator as its PBX and a sample firm in its database. Nothing else differs."""
