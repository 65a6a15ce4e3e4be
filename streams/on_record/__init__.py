"""What is on record, as people and programs are shown it. Nothing is changed here."""
