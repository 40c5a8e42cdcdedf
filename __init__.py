"""duban 督办: keeps a township's yearly campaign calendar."""
