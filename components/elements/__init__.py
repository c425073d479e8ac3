"""What panels are made of: markup, icons, wiring to the scripts, words."""
