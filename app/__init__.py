"""THE SHELL: settings, clock, wiring and commands."""
